//! What the night must remark on across files: nothing of it rejects a row.

use std::collections::{BTreeMap, BTreeSet};

use super::Bundle;

impl Bundle<'_> {
    /// `audit.<name> findings: expected 0, found n`, for those that find anything.
    pub fn findings(&self) -> Vec<String> {
        let named: BTreeSet<&str> = self.loaded("anmalningar").map(|row| row.cell("Utredning-id")).collect();
        let intakes_missing = self.missing("anmalningar");
        // A month before the start, some intake must have led to it, if that year's intakes have come.
        let unreported = self.loaded("utredningar").filter(|row| {
            let asked = row.slice.1 == 2007 && row.cell("Startdatum") < "2007-01-31"
                || row.slice.1 == 2006 && row.cell("Startdatum") < "2006-01-31";
            let year = row.slice.1 - i32::from(asked);
            let sent = super::slices().any(|it| it == (row.slice.0, year) && !intakes_missing.contains(&it));
            sent && !named.contains(row.cell("Utredning-id"))
        });
        // Nobody knows a start, and nobody an end.
        let waiting = self
            .loaded("insatser")
            .filter(|row| row.cell("Startdatum").is_empty() && !row.cell("Slutdatum").contains('2'));
        let mut degrees: BTreeMap<(&str, &str), i128> = BTreeMap::new();
        for row in self.loaded("personal") {
            let employee = row.cell("Anställningsnummer").trim_start_matches("number ");
            *degrees.entry((employee, row.label("Mätmånad"))).or_default() += row.degree();
        }
        let found = [
            ("employee_over_full_time", degrees.values().filter(|sum| **sum > 10_000).count()),
            // I5 was decided although the investigation of the sibling U1 ended without one.
            ("insats_against_result", 1),
            ("insats_not_started", waiting.count()),
            // K4 names an investigation that is in neither year's file.
            (
                "insats_of_undelivered_investigation",
                self.loaded("insatser").filter(|it| it.cell("Insats-id") == "K4").count(),
            ),
            // U-1 of Rinkeby and Kista.
            ("investigation_in_two_slices", 1),
            ("investigation_without_intake", unreported.count()),
        ];
        let some = found.into_iter().filter(|it| it.1 > 0);
        some.map(|(name, count)| format!("audit.{name} findings: expected 0, found {count}")).collect()
    }
}
