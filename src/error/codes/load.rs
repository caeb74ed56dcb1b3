//! Codes of `load` (`LOAD-…`).

codes! {}
