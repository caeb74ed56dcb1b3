//! What became of an expected delivery: was it in time, and what did it lead to.

use serde::{Deserialize, Serialize};

/// Whether an expected delivery came when it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timeliness {
    Pending,
    OnTime,
    Late,
    Missed,
    NotExpected,
}

/// What a delivery led to. `Superseded` stands on older versions of a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    None,
    Unchanged,
    Held,
    Refused,
    Loaded,
    LoadedWithQuarantine,
    Superseded,
}

macro_rules! stored_as {
    ($name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        impl $name {
            /// The word the ledger stores.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
            /// Reads the ledger's word back.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

stored_as!(Timeliness {
    Pending = "pending",
    OnTime = "on_time",
    Late = "late",
    Missed = "missed",
    NotExpected = "not_expected",
});
stored_as!(Outcome {
    None = "none",
    Unchanged = "unchanged",
    Held = "held",
    Refused = "refused",
    Loaded = "loaded",
    LoadedWithQuarantine = "loaded_with_quarantine",
    Superseded = "superseded",
});
