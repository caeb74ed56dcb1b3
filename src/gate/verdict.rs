//! What the gate says: passed, or the reasons why not.

use chrono::{DateTime, Utc};

use crate::{
    error::{Error, Result, codes::gate as codes},
    model::RunId,
};

/// A control or an audit that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub name: String,
    /// `24/anmalningar_2007`, `2007`; for an audit `findings`.
    pub subject: String,
    /// As PostgreSQL writes numeric; null where nothing was to be found.
    pub expected: Option<String>,
    pub actual: Option<String>,
    pub stops: bool,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let figure = |value: Option<&str>| value.unwrap_or("nothing").to_owned();
        write!(
            f,
            "{} {}: expected {}, found {}",
            self.name,
            self.subject,
            figure(self.expected.as_deref()),
            figure(self.actual.as_deref())
        )
    }
}

/// The judgement of one night.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub(in crate::gate) run: RunId,
    pub(in crate::gate) known_at: DateTime<Utc>,
    pub(in crate::gate) checks: usize,
    pub(in crate::gate) standing: usize,
    pub(in crate::gate) findings: Vec<Finding>,
}

/// Proof that a night may be published. Made by [`Verdict::pass`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    run: RunId,
    known_at: DateTime<Utc>,
}

impl Verdict {
    /// Controls and audits that the verdict is made of.
    pub fn checks(&self) -> usize {
        self.checks
    }

    /// Those of them whose words of an earlier night stand.
    pub fn standing(&self) -> usize {
        self.standing
    }

    /// All that did not hold, those that only warn included.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    pub fn passed(&self) -> bool {
        !self.findings.iter().any(|finding| finding.stops)
    }

    /// Leave to publish, or `GATE-001` with every reason.
    pub fn pass(&self) -> Result<Passed> {
        let reasons = self
            .findings
            .iter()
            .filter(|finding| finding.stops)
            .map(|finding| Error::new(&codes::REFUSED).detail(finding));
        match Error::all(reasons.collect()) {
            Some(error) => Err(error),
            None => Ok(Passed { run: self.run, known_at: self.known_at }),
        }
    }
}

impl Passed {
    pub fn run(&self) -> RunId {
        self.run
    }
    /// The run's knowledge instant, at which marts and snapshot are read.
    pub fn known_at(&self) -> DateTime<Utc> {
        self.known_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(stops: &[bool]) -> Verdict {
        let finding = |&stops: &bool| Finding {
            name: "rows_balance".to_owned(),
            subject: "24/anmalningar_2007".to_owned(),
            expected: Some("10".to_owned()),
            actual: Some("9".to_owned()),
            stops,
        };
        Verdict {
            run: RunId(1),
            known_at: DateTime::UNIX_EPOCH,
            checks: 2,
            standing: 0,
            findings: stops.iter().map(finding).collect(),
        }
    }

    #[test]
    fn only_what_stops_refuses() {
        assert!(verdict(&[]).pass().is_ok());
        assert!(verdict(&[false]).pass().is_ok());
        let refused = verdict(&[true, false, true]).pass().unwrap_err();
        assert_eq!(refused.code().exit, 4);
        assert_eq!(refused.findings().count(), 2);
        assert_eq!(refused.detail_text(), "rows_balance 24/anmalningar_2007: expected 10, found 9");
    }
}
