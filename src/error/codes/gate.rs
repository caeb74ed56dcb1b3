//! Codes of `gate` (`GATE-…`).

codes! {}
