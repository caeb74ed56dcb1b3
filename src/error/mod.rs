//! One error for the whole program: a code of the catalogue, a place and a detail.
//!
//! Message (lowercase fragment), hint and explanation come from the catalogue; the detail says which
//! file, column or setting. A detail never holds a cell value, an identity or the text of a library's
//! error that may quote one: of a database error only SQLSTATE, table and constraint are kept.

mod causes;
pub mod codes;

use std::fmt;

pub use causes::causes;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What the driver does about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// The command, or the run's work on one slice, has failed; trying again at once changes nothing.
    Fail,
    /// The whole transaction or request may be tried again, a bounded number of times.
    Retry,
    /// The file is refused whole; the slice's last accepted version stays in force.
    Refuse,
    /// The file waits for `buss delivery approve|reject`.
    Hold,
}

impl Policy {
    /// What the program does, as a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Fail => "stops the work at hand; trying again at once changes nothing.",
            Self::Retry => "tries again, a bounded number of times.",
            Self::Refuse => "refuses the file whole; the slice's last accepted version stays in force.",
            Self::Hold => "keeps the file until `buss delivery approve|reject`.",
        }
    }
}

/// One entry of the catalogue (`buss explain CODE`).
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `LOAD-012`.
    pub id: &'static str,
    /// Lowercase fragment, without the particulars.
    pub message: &'static str,
    /// What to do now: one sentence.
    pub hint: &'static str,
    /// What it means and why the program behaves so.
    pub explanation: &'static str,
    pub policy: Policy,
    /// Exit code of the program when the error ends it (1 failed, 2 usage or configuration, 5 locked).
    pub exit: u8,
}

/// An error with its code. Cheap to move (one pointer).
#[derive(thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Fault>);

#[derive(Debug, thiserror::Error)]
struct Fault {
    code: &'static Code,
    detail: String,
    place: Option<String>,
    /// SQLSTATE of a database error.
    sqlstate: Option<String>,
    /// Further findings of the same kind, reported together.
    others: Vec<Error>,
}

impl Error {
    pub fn new(code: &'static Code) -> Self {
        Self(Box::new(Fault { code, detail: String::new(), place: None, sqlstate: None, others: Vec::new() }))
    }

    /// Which one: a file's name, a column, a setting. Never a cell value.
    #[must_use]
    pub fn detail(mut self, detail: impl fmt::Display) -> Self {
        self.0.detail = detail.to_string();
        self
    }

    /// Where: `pipelines/anmalningar.toml:12`, `line 7`.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.0.place = Some(place.to_string());
        self
    }

    #[must_use]
    pub fn sqlstate(mut self, state: impl Into<String>) -> Self {
        self.0.sqlstate = Some(state.into());
        self
    }

    /// All findings of one look as one error; `None` when there are none.
    pub fn all(findings: Vec<Self>) -> Option<Self> {
        let mut findings = findings.into_iter();
        let mut first = findings.next()?;
        first.0.others.extend(findings);
        Some(first)
    }

    pub fn code(&self) -> &'static Code {
        self.0.code
    }
    pub fn detail_text(&self) -> &str {
        &self.0.detail
    }
    pub fn place(&self) -> Option<&str> {
        self.0.place.as_deref()
    }
    pub fn state(&self) -> Option<&str> {
        self.0.sqlstate.as_deref()
    }
    /// True when the error is about one file, which is refused or held; false when the program's own ground failed.
    pub fn stops_the_file(&self) -> bool {
        matches!(self.0.code.policy, Policy::Refuse | Policy::Hold)
    }
    pub fn is_transient(&self) -> bool {
        self.0.code.policy == Policy::Retry
    }
    /// This finding and those reported with it.
    pub fn findings(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.0.others.iter())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.id, self.code.message)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        if let Some(state) = &self.sqlstate {
            write!(f, " (SQLSTATE {state})")?;
        }
        if let Some(place) = &self.place {
            write!(f, " at {place}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
