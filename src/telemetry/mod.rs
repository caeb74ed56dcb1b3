//! What a run tells while it goes: one event stream that feeds the ledger, the progress bars and the log.
//!
//! Events carry counts, codes and slice names; never a cell value, an identity or a small number of children.

mod memory;
mod panics;

pub use memory::peak_memory_bytes;
pub use panics::keep_quiet;

use serde_json::Value;
use tokio::sync::mpsc;

/// One thing that happened, as it is recorded in `ops.event`.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// `plan`, or the name of a stage.
    pub stage: &'static str,
    /// `24/anmalningar_2007`, where the event is about one slice.
    pub slice: Option<String>,
    /// `decided`, `started`, `done`, `failed`.
    pub event: String,
    pub detail: Value,
}

/// Where events are sent. Cheap to clone; sending never blocks and never fails the run.
#[derive(Debug, Clone)]
pub struct Events(mpsc::UnboundedSender<Event>);

impl Events {
    pub fn new() -> (Self, mpsc::UnboundedReceiver<Event>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    pub fn send(&self, stage: &'static str, slice: Option<String>, event: impl Into<String>, detail: Value) {
        let event = Event { stage, slice, event: event.into(), detail };
        // The receiver is gone only when the run itself has ended.
        let _ = self.0.send(event);
    }
}
