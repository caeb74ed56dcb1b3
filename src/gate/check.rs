//! A control or an audit as its file declares it.

use crate::{
    error::{Error, Result, codes::gate as codes},
    pipeline::Files,
};

/// What a file's rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// (subject text, expected numeric, actual numeric): holds where both are equal.
    Control,
    /// Findings: holds where there are none.
    Audit,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Check<'a> {
    pub kind: Kind,
    pub path: &'a str,
    /// `money_balance`, `audit.same_key_in_two_slices`.
    pub name: String,
    /// A finding keeps the night from being published.
    pub stops: bool,
    pub query: &'a str,
}

/// Every check of the files, or all broken headers at once.
pub(super) fn checks(sql: &Files) -> Result<Vec<Check<'_>>> {
    let (mut found, mut broken) = (Vec::new(), Vec::new());
    for (kind, folder) in [(Kind::Control, "control"), (Kind::Audit, "audit")] {
        for (path, text) in sql.under(folder) {
            let Some(file) = path.strip_prefix(folder).and_then(|file| file.strip_prefix('/')?.strip_suffix(".sql"))
            else {
                continue;
            };
            let name = if kind == Kind::Audit { format!("audit.{file}") } else { file.to_owned() };
            match severity(text) {
                Some(stops) => {
                    found.push(Check { kind, path, name, stops, query: text.trim_end().trim_end_matches(';') });
                }
                None => broken.push(
                    Error::new(&codes::BAD_AUDIT).detail("no `-- severity: stop|warn`").at(format!("sql/{path}")),
                ),
            }
        }
    }
    Error::all(broken).map_or(Ok(found), Err)
}

fn severity(text: &str) -> Option<bool> {
    let mut header = text.lines().take_while(|line| line.starts_with("--"));
    let words = header.find_map(|line| line.strip_prefix("-- severity:"))?;
    match words.trim() {
        "stop" => Some(true),
        "warn" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::severity;

    #[test]
    fn severity_stands_in_the_header() {
        assert_eq!(severity("-- purpose: x\n-- severity: stop\nselect 1"), Some(true));
        assert_eq!(severity("-- severity: warn\nselect 1"), Some(false));
        assert_eq!(severity("-- severity: maybe\nselect 1"), None);
        assert_eq!(severity("select 1\n-- severity: stop"), None);
    }
}
