//! Bytes in, imports and triggers out, without parsing.
