//! What came of the night's deliveries, for a person: counts by dataset and period, and by name only what is not whole.
//!
//! In: one [`Line`] per expected slice. Out: text. JSON keeps every slice; this never does.

use std::{collections::BTreeMap, fmt::Write};

use super::table::{table, thousands};
use crate::{error::codes, settings::Settings};

/// One expected slice.
#[derive(Debug, Clone)]
pub struct Line {
    pub dataset: String,
    pub period: String,
    pub deliverer: String,
    pub state: State,
    /// As many as the summary's header names.
    pub rows: Vec<i64>,
    pub quarantined: i64,
    /// Codes of errors, or rules.
    pub reasons: Vec<String>,
}

/// What came of it, in the order of the summary's columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Loaded,
    Unchanged,
    Held,
    Refused,
    Missing,
    Failed,
}

const STATES: [(State, &str); 6] = [
    (State::Loaded, "loaded"),
    (State::Unchanged, "unchanged"),
    (State::Held, "held"),
    (State::Refused, "refused"),
    (State::Missing, "missing"),
    (State::Failed, "failed"),
];

impl State {
    /// From the ledger's words. A file that could not be read has no outcome, though something stood there.
    pub fn of(outcome: &str, timeliness: &str) -> Self {
        match outcome {
            "loaded" | "loaded_with_quarantine" | "superseded" => Self::Loaded,
            "unchanged" => Self::Unchanged,
            "held" => Self::Held,
            "refused" => Self::Refused,
            _ if timeliness == "missed" => Self::Missing,
            _ => Self::Failed,
        }
    }

    fn word(self) -> &'static str {
        STATES.iter().find(|(state, _)| *state == self).map_or("", |(_, word)| word)
    }
}

/// Both tables; `rows` names the counts of each line.
pub fn summary(lines: &[Line], rows: &[&'static str], settings: &Settings) -> String {
    let mut text = counts(lines, rows);
    let open: Vec<&Line> = lines.iter().filter(|line| !is_whole(line)).collect();
    if !open.is_empty() {
        let _ = write!(text, "\nNot whole, {} of {}:\n\n{}", open.len(), lines.len(), not_whole(&open, settings));
    }
    text
}

fn is_whole(line: &Line) -> bool {
    matches!(line.state, State::Loaded | State::Unchanged) && line.quarantined == 0
}

#[derive(Debug, Clone, Default)]
struct Sums {
    files: [i64; STATES.len()],
    rows: Vec<i64>,
}

impl Sums {
    fn add(&mut self, line: &Line) {
        self.files[line.state as usize] += 1;
        self.rows.resize(line.rows.len(), 0);
        for (sum, rows) in self.rows.iter_mut().zip(&line.rows) {
            *sum += rows;
        }
    }

    fn cells(&self, dataset: &str, period: &str) -> Vec<String> {
        let mut cells = vec![dataset.to_owned(), period.to_owned()];
        // Nothing stands where there is nothing, so that what is there is seen.
        cells.extend(self.files.iter().map(|&count| if count == 0 { String::new() } else { thousands(count) }));
        cells.extend(self.rows.iter().copied().map(thousands));
        cells
    }
}

fn counts(lines: &[Line], rows: &[&'static str]) -> String {
    let mut groups: BTreeMap<(&str, &str), Sums> = BTreeMap::new();
    let mut all = Sums { rows: vec![0; rows.len()], ..Sums::default() };
    for line in lines {
        groups.entry((&line.dataset, &line.period)).or_default().add(line);
        all.add(line);
    }
    let mut header = vec!["dataset", "period"];
    header.extend(STATES.map(|(_, word)| word));
    header.extend(rows);
    let body = groups.iter().map(|((dataset, period), sums)| sums.cells(dataset, period));
    table(&header, body.chain([all.cells("total", "")]))
}

fn not_whole(lines: &[&Line], settings: &Settings) -> String {
    let rows = lines.iter().map(|line| {
        vec![
            line.dataset.clone(),
            line.period.clone(),
            named(&line.deliverer, &line.period, settings),
            line.state.word().to_owned(),
            thousands(line.quarantined),
            line.reasons.iter().map(|reason| in_words(reason)).collect::<Vec<_>>().join(", "),
        ]
    });
    table(&["dataset", "period", "deliverer", "came to", "quarantined", "why"], rows)
}

/// The deliverer's code with its name in that year.
fn named(code: &str, period: &str, settings: &Settings) -> String {
    let year = period.get(..4).and_then(|year| year.parse().ok());
    let named = settings
        .deliverers
        .iter()
        .rfind(|deliverer| deliverer.code.as_str() == code && year.is_none_or(|year| deliverer.valid_in_year(year)));
    named.map_or_else(|| code.to_owned(), |deliverer| format!("{code} {}", deliverer.name))
}

/// An error's code with its message; rules stand as they are.
fn in_words(reason: &str) -> String {
    codes::find(reason).map_or_else(|| reason.to_owned(), |code| format!("{} {}", code.id, code.message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(deliverer: &str, state: State, read: i64, quarantined: i64, reasons: &[&str]) -> Line {
        Line {
            dataset: "anmalningar".into(),
            period: "2008".into(),
            deliverer: deliverer.into(),
            state,
            rows: vec![read, quarantined],
            quarantined,
            reasons: reasons.iter().map(|&reason| reason.to_owned()).collect(),
        }
    }

    #[test]
    fn whole_slices_are_counted_and_the_others_named() {
        let settings = Settings::load(None, std::iter::empty()).expect("the defaults are valid");
        let lines = [
            line("01", State::Loaded, 1024, 0, &[]),
            line("03", State::Unchanged, 0, 0, &[]),
            line("15", State::Loaded, 317, 10, &["ANM-003"]),
            line("10", State::Refused, 0, 0, &["EXTR-013"]),
            line("18", State::Missing, 0, 0, &[]),
        ];
        insta::assert_snapshot!(summary(&lines, &["read", "quarantined"], &settings));
    }

    #[test]
    fn a_file_that_could_not_be_read_is_not_missing() {
        assert_eq!(State::of("none", "on_time"), State::Failed);
        assert_eq!(State::of("none", "missed"), State::Missing);
        assert_eq!(State::of("loaded_with_quarantine", "missed"), State::Loaded);
    }
}
