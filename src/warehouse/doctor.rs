//! Is everything in place? Each check says what it found and what to do.

use crate::settings::Settings;

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub name: &'static str,
    pub ok: bool,
    pub detail: String,
    pub hint: Option<&'static str>,
}

/// Looks at the warehouse; never fails as a whole.
pub async fn checks(_settings: &Settings) -> Vec<Check> {
    Vec::new()
}
