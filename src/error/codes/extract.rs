//! Codes of `extract` (`EXTR-…`).

codes! {}
