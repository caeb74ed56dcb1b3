//! Codes of `parse` (`PARS-…`).

codes! {}
