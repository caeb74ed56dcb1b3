//! Is everything in place? Each check says what it found and, where something is wrong, what to do.
//!
//! In: checked settings and the time. Out: a list of [`Check`]s. Makes and changes nothing: an embedded cluster that exists is started to be
//! looked at, one that does not is not made. What stands on something broken is not listed, so that the list names causes.

mod database;
mod machine;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    error::{Error, Result},
    pipeline::Declarations,
    settings::Settings,
    warehouse::db,
};

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    pub name: &'static str,
    pub ok: bool,
    pub detail: String,
    /// What to do; none where all is well.
    pub hint: Option<&'static str>,
}

impl Check {
    fn well(name: &'static str, detail: impl Into<String>) -> Self {
        Self { name, ok: true, detail: detail.into(), hint: None }
    }

    fn broken(name: &'static str, detail: impl Into<String>, hint: &'static str) -> Self {
        Self { name, ok: false, detail: detail.into(), hint: Some(hint) }
    }

    /// An error with all its findings; the hint is the first one's.
    fn failed(name: &'static str, error: &Error) -> Self {
        let findings: Vec<String> = error.findings().map(ToString::to_string).collect();
        Self::broken(name, findings.join("; "), error.code().hint)
    }

    fn of(name: &'static str, found: Result<impl Into<String>>) -> Self {
        match found {
            Ok(detail) => Self::well(name, detail),
            Err(error) => Self::failed(name, &error),
        }
    }
}

/// Looks at everything; never fails as a whole.
pub async fn checks(settings: &Settings, now: DateTime<Utc>) -> Vec<Check> {
    let declarations = Declarations::load(settings);
    let mut checks = vec![
        machine::declarations(settings, declarations.as_ref()).await,
        machine::keys(settings),
        machine::directories(&settings.paths),
        machine::disk(&settings.paths),
        machine::deliverers(settings).await,
    ];
    let mut reachable = true;
    if db::is_embedded(settings) {
        let ground = machine::embedded(settings);
        reachable = ground.iter().all(|check| check.ok);
        checks.extend(ground);
    }
    if reachable {
        checks.extend(database::checks(settings, declarations.ok().as_ref(), now).await);
    }
    checks.push(machine::snapshot(settings));
    checks
}
