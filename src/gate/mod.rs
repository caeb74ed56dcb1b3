//! The night's controls and audits → a verdict: stale beats wrong.
