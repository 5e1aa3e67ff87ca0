//! Findings and coverage in, score ledger out: model `atlas-1`.
