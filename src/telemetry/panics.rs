//! What a defect may leave behind: the place of a panic. Never its message, nor an image of the memory, which hold cells.

use std::panic::{self, Location};

/// From now on a panic is logged by its place only, and a crash leaves no core file; a child of this process leaves none either.
pub fn keep_quiet() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(|| "an unknown place".to_owned(), Location::to_string);
        tracing::error!(%place, "a defect of the program");
    }));
    // A limit may always be lowered; where there are no limits there are no core files.
    drop(rlimit::setrlimit(rlimit::Resource::CORE, 0, 0));
}
