//! Properties of the cell grammar.
