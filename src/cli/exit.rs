//! Every exit code of the program.

/// Done.
pub const DONE: u8 = 0;
/// Failed; the error says why.
pub const FAILED: u8 = 1;
/// The command line or the configuration is wrong; nothing was started.
pub const USAGE: u8 = 2;
/// Done, but something was held, refused, missing or quarantined.
pub const INCOMPLETE: u8 = 3;
/// The gate refused to publish; what was published stays.
pub const GATE_REFUSED: u8 = 4;
/// Another run holds the lock; nothing was changed.
pub const LOCKED: u8 = 5;
/// Interrupted (SIGINT or SIGTERM) and cleanly stopped.
pub const INTERRUPTED: u8 = 130;

/// Name and meaning of each, as in `--help`.
pub const HELP: &str = "\
Exit codes:
  0    done
  1    failed
  2    usage or configuration is wrong
  3    done, but something was held, refused, missing or quarantined
  4    the gate refused to publish
  5    another run holds the lock
  130  interrupted";

/// What a run's exit code says, in words.
pub const fn meaning(code: u8) -> &'static str {
    match code {
        DONE => "done",
        INCOMPLETE => "done, but something was held, refused, missing or quarantined",
        GATE_REFUSED => "the gate refused to publish",
        LOCKED => "another run holds the lock",
        INTERRUPTED => "interrupted",
        USAGE => "usage or configuration is wrong",
        _ => "failed",
    }
}
