//! The program `buss`. Everything is in the library.

fn main() -> std::process::ExitCode {
    buss::cli::main()
}
