//! The one funnel: every finding ends in exactly one bucket.
