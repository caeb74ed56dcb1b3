//! Codes of `run` (`RUN-…`).

codes! {}
