//! Bad rows of the personnel workbooks, and what must become of each.

use crate::sample::{
    PlantedFault,
    workbook::{Cell, Record},
};

/// Bad records to stand after the good ones, and what must become of each.
pub(in crate::sample) fn bad_records(good: &[Record], path: &str) -> (Vec<Record>, Vec<PlantedFault>) {
    let Some(last) = good.last() else { return (Vec::new(), Vec::new()) };
    let cells = [
        ("no_identity", "row_rejected", 0, Cell::Empty),
        ("date_of_another_year", "row_rejected", 1, Cell::Month(2005, 6)),
        ("unknown_required_code", "row_rejected", 2, Cell::Text("Vaktmästare".to_owned())),
        ("degree_over_100", "row_rejected", 3, Cell::Number(120)),
        ("not_yes_or_no", "row_rejected", 4, Cell::Text("kanske".to_owned())),
    ];
    let mut bad: Vec<_> = (1..)
        .zip(cells)
        .map(|(number, (fault, expect, column, cell))| {
            let mut record = last.clone();
            // Nobody else has this number, so that no row of a real employee is touched.
            record[0] = Cell::Number(999_000 + number);
            record[column] = cell;
            (fault, expect, record)
        })
        .collect();
    bad.push(("identical_duplicate", "row_dropped", good[0].clone()));
    let faults: Vec<PlantedFault> = bad
        .iter()
        .zip(good.len() as u64 + 1..)
        .map(|((fault, expect, _), record)| PlantedFault {
            fault,
            path: path.to_owned(),
            record: Some(record),
            expect,
            code: None,
        })
        .collect();
    (bad.into_iter().map(|(.., record)| record).collect(), faults)
}
