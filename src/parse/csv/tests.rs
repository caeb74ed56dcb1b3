//! Whole files through the parser.
