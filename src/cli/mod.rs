//! The command line: what the user typed, what is printed, and the exit code.
