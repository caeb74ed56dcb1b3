//! One step of a plan.

use std::fmt;

use serde::Serialize;

use crate::model::{ContentHash, SliceKey};

/// What a run will do, one step per expected slice, in order of dataset, period and deliverer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Plan {
    pub steps: Vec<Step>,
}

impl FromIterator<Step> for Plan {
    fn from_iter<T: IntoIterator<Item = Step>>(steps: T) -> Self {
        let mut steps: Vec<Step> = steps.into_iter().collect();
        steps.sort_by(|a, b| a.slice.cmp(&b.slice));
        Self { steps }
    }
}

/// What will be done about one slice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    #[serde(flatten)]
    pub slice: SliceKey,
    pub action: Action,
    pub why: Why,
    /// Code of the error where the resource could not be taken as it is (`EXTR-004`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// SHA-256 of the content the step is about.
    #[serde(serialize_with = "as_text", skip_serializing_if = "Option::is_none")]
    pub content_hash: Option<ContentHash>,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Land, parse, validate, conform and load.
    Load(Origin),
    /// Nothing: what stands there is in force.
    Keep,
    /// Nothing can be done; the slice's last accepted version stays in force.
    Miss,
    /// The file waits for `buss delivery approve|reject`.
    Hold,
    /// The file is not taken.
    Refuse,
    /// Looking at the resource failed; the next run looks again.
    Fail,
}

/// Where the bytes of a load come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    Source,
    Landing,
}

/// Why it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The slice has no version yet.
    New,
    /// The content differs from the version in force.
    Changed,
    /// Content, rules, code lists and queries are those of the version in force.
    Unchanged,
    /// Rules, code lists or queries changed since the version in force was loaded.
    RulesChanged,
    /// The version in force has rejects that the passing of time may have healed.
    MayHeal,
    /// `--reload` was given.
    Reload,
    /// An operator approved the held file.
    Approved,
    /// The same file is already held and undecided.
    AlreadyHeld,
    /// The same file was refused before, under the same rules, or by an operator.
    AlreadyRefused,
    /// Nothing stands at the resource's address.
    Missing,
    /// Nothing says that the resource's end is its end; the step's code says more.
    Unproven,
    /// The resource could not be taken; the step's code says why.
    Problem,
}

impl Action {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Load(Origin::Source) => "load",
            Self::Load(Origin::Landing) => "load from landing",
            Self::Keep => "keep",
            Self::Miss => "miss",
            Self::Hold => "hold",
            Self::Refuse => "refuse",
            Self::Fail => "fail",
        }
    }
}

impl Why {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::RulesChanged => "rules changed",
            Self::MayHeal => "may heal",
            Self::Reload => "reload asked for",
            Self::Approved => "approved",
            Self::AlreadyHeld => "already held",
            Self::AlreadyRefused => "already refused",
            Self::Missing => "missing",
            Self::Unproven => "unproven",
            Self::Problem => "problem",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({}", self.slice, self.action.as_str(), self.why.as_str())?;
        if let Some(code) = self.code {
            write!(f, ", {code}")?;
        }
        f.write_str(")")
    }
}

#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn as_text<S: serde::Serializer>(hash: &Option<ContentHash>, serializer: S) -> Result<S::Ok, S::Error> {
    match hash {
        Some(hash) => serializer.collect_str(hash),
        None => serializer.serialize_none(),
    }
}
