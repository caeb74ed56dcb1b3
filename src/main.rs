//! The program `buss`. Everything is in the library.

fn main() {}
