//! What a run will do, and why: a pure list that `buss plan` prints and `run` executes.
