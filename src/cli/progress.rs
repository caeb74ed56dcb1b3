//! Progress bars on a terminal, fed by the run's event stream. They show counts and slice names, nothing else.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;
use tokio::{sync::mpsc::UnboundedReceiver, task::JoinHandle};

use crate::telemetry::Event;

/// What the bar shows, told by events alone.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    expected: u64,
    done: u64,
    now: String,
}

impl Count {
    fn take(&mut self, event: &Event) {
        match (event.stage, event.event.as_str()) {
            ("plan", "expected") => self.expected = event.detail.get("slices").and_then(Value::as_u64).unwrap_or(0),
            ("run", "done") => self.done += 1,
            _ => {}
        }
        self.now =
            event.slice.as_ref().map_or_else(|| event.stage.to_owned(), |slice| format!("{} {slice}", event.stage));
    }
}

/// Shows the events until the last sender is gone. Without a terminal, or when asked to be quiet, they are only read.
pub fn follow(mut events: UnboundedReceiver<Event>, quiet: bool) -> JoinHandle<()> {
    let shown = !quiet && std::io::stderr().is_terminal();
    tokio::spawn(async move {
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target).with_style(style());
        let mut count = Count::default();
        while let Some(event) = events.recv().await {
            count.take(&event);
            bar.set_length(count.expected);
            bar.set_position(count.done);
            bar.set_message(count.now.clone());
        }
        bar.finish_and_clear();
    })
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{elapsed_precise} {bar:30} {pos}/{len} {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_the_events_say() {
        let event = |stage, slice: Option<&str>, event: &str| Event {
            stage,
            slice: slice.map(str::to_owned),
            event: event.into(),
            detail: serde_json::json!({ "slices": 2 }),
        };
        let mut count = Count::default();
        count.take(&event("plan", None, "expected"));
        count.take(&event("run", Some("24/ekonomi_2004"), "done"));
        count.take(&event("parse", Some("24/ekonomi_2005"), "started"));
        assert_eq!(count, Count { expected: 2, done: 1, now: "parse 24/ekonomi_2005".into() });
    }
}
