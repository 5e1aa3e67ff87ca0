//! Every flag and its help text.
