//! Codes of `land` (`LAND-…`).

codes! {}
