//! Codes of `warehouse` (`WARE-…`).

codes! {}
