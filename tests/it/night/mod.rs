//! Nights as the operator sees them: what changes, what does not, and what is said of it.

mod change;
