//! Codes of `publish` (`PUBL-…`).

codes! {}
