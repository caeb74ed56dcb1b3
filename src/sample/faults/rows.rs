//! Bad rows of the CSV datasets, and what must become of each.

use super::column;
use crate::sample::{PlantedFault, children::Children, csv::Style, table::Row};

/// Bad records to stand after the good ones, and what must become of each.
pub(in crate::sample) fn bad_rows(
    dataset: &str,
    style: &Style,
    good: &[Row],
    path: &str,
    children: &Children,
) -> (Vec<Vec<String>>, Vec<PlantedFault>) {
    let mut bad = BadRows { style, good, path, records: Vec::new(), faults: Vec::new() };
    let Some(last) = good.iter().rfind(|row| row.child.is_some()) else { return (Vec::new(), Vec::new()) };
    bad.cell("bad_check_digit", "row_rejected", "Personnummer", last, &with_wrong_check_digit(&last.cells[1]));
    bad.cell("no_identity", "row_rejected", "Personnummer", last, "");
    match dataset {
        "utredningar" => bad.investigations(last),
        "insatser" => bad.interventions(last),
        _ => bad.intakes(last, children),
    }
    bad.copy(&good[0]);
    (bad.records, bad.faults)
}

/// A number that cannot be anyone's.
fn with_wrong_check_digit(number: &str) -> String {
    let (head, last) = number.split_at(number.len() - 1);
    format!("{head}{}", (last.parse::<u8>().unwrap_or_default() + 1) % 10)
}

struct BadRows<'a> {
    style: &'a Style,
    good: &'a [Row],
    path: &'a str,
    records: Vec<Vec<String>>,
    faults: Vec<PlantedFault>,
}

impl BadRows<'_> {
    fn intakes(&mut self, last: &Row, children: &Children) {
        self.cell("future_date", "row_rejected", "Skyddsbedömning", last, "2099-01-01");
        self.cell("date_of_another_year", "row_rejected", "Inkom", last, "2005-12-31");
        self.cell("impossible_date", "row_rejected", "Inkom", last, "2007-02-30");
        self.cell("unknown_required_code", "row_rejected", "Typ", last, "Okänd typ");
        self.cell("unknown_optional_code", "row_loaded_with_warning", "Orsak", last, "Lokal kod 17");
        self.cell("number_in_another_cell", "row_rejected", "Utredning-id", last, &children.get(0).number);
        self.ragged(last);
        self.conflict(last);
    }

    fn investigations(&mut self, last: &Row) {
        self.cell("date_of_another_year", "row_rejected", "Startdatum", last, "2006-06-30");
        self.cell("ended_before_it_began", "row_rejected", "Slutdatum", last, "2006-12-31");
        self.cell("unknown_required_code", "row_rejected", "Lagrum", last, "11:9");
    }

    fn interventions(&mut self, last: &Row) {
        self.cell("began_before_its_decision", "row_rejected", "Startdatum", last, "2006-12-31");
        self.cell("unknown_required_code", "row_rejected", "Insatskategori", last, "Lokal insats 17");
        self.cell("future_date", "row_rejected", "Startdatum", last, "2099-01-01");
    }

    /// A row of its own, with one cell changed.
    fn cell(&mut self, fault: &'static str, expect: &'static str, header: &str, like: &Row, cell: &str) {
        let mut row = self.fresh(like);
        cell.clone_into(&mut row.cells[self.column(header)]);
        self.push(fault, expect, self.style.record(0, &row));
    }

    fn ragged(&mut self, like: &Row) {
        let mut record = self.style.record(0, &self.fresh(like));
        record.truncate(record.len() - 2);
        self.push("ragged_row", "row_rejected", record);
    }

    /// Two rows of one key that say different things: both are rejected.
    fn conflict(&mut self, like: &Row) {
        let one = self.fresh(like);
        let mut other = one.clone();
        let inkom = self.column("Inkom");
        "2007-01-02".clone_into(&mut other.cells[inkom]);
        if other.cells == one.cells {
            "2007-01-01".clone_into(&mut other.cells[inkom]);
        }
        for header in ["Skyddsbedömning", "Beslut", "Beslutsdatum", "Lagrum", "Utredning-id"] {
            other.cells[self.column(header)].clear();
        }
        self.push("conflicting_duplicate", "row_rejected", self.style.record(0, &one));
        self.push("conflicting_duplicate", "row_rejected", self.style.record(0, &other));
    }

    /// The same row once more: dropped with a warning.
    fn copy(&mut self, of: &Row) {
        self.push("identical_duplicate", "row_dropped", self.style.record(0, of));
    }

    fn column(&self, header: &str) -> usize {
        column(self.style.headers(), header)
    }

    fn fresh(&self, like: &Row) -> Row {
        let mut row = like.clone();
        row.cells[0] = format!("FEL-{:05}", self.records.len() + 1);
        row
    }

    fn push(&mut self, fault: &'static str, expect: &'static str, record: Vec<String>) {
        self.records.push(record);
        let record = Some((self.good.len() + self.records.len()) as u64);
        self.faults.push(PlantedFault { fault, path: self.path.to_owned(), record, expect, code: None });
    }
}
