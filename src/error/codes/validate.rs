//! Codes of `validate` (`VALI-…`).

codes! {}
