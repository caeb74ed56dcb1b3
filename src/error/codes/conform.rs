//! Codes of `conform` (`CNFM-…`).

codes! {}
