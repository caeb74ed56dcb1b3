//! Marts of investigations and of decided interventions.

use super::{
    super::{
        figures::or_null,
        interventions::CATEGORIES,
        places::{Place, every_place},
        rows::Row,
    },
    Behind, Bundle, distinct, truth,
};

impl Bundle<'_> {
    /// What began in each month, what ended in it, and what was open at its end: begun before, and not ended by its last day.
    pub fn flow(&self) -> Vec<String> {
        let line = |place: &Place, year: i32, month: u32| {
            let (first, next) = (
                format!("{year}-{month:02}-01"),
                format!("{}-{:02}-01", year + month.cast_signed() / 12, month % 12 + 1),
            );
            let own = self.behind("utredningar", place, |it| it == year);
            // What ends may have begun in any year.
            let Behind { any, whole } = self.behind("utredningar", place, |it| it <= year);
            let rows = self.counted("utredningar", place);
            let within = |row: &Row, column: &str| (first.as_str()..next.as_str()).contains(&row.cell(column).trim());
            let started = rows.iter().filter(|row| within(row, "Startdatum")).count();
            let concluded = rows.iter().filter(|row| within(row, "Slutdatum")).count();
            let still = |row: &&&Row| row.cell("Slutdatum").is_empty() || row.cell("Slutdatum").trim() >= next.as_str();
            let open = rows.iter().filter(|row| row.cell("Startdatum") < next.as_str()).filter(still).count();
            let counts = [own.any.then_some(started), any.then_some(concluded), any.then_some(open)].map(or_null);
            format!("{}|{first}|{}|{}", place.words(year), counts.join("|"), truth(whole))
        };
        every_place().flat_map(|(place, year)| (1..=12).map(move |month| line(&place, year, month))).collect()
    }

    pub fn decided(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (place, year) in every_place() {
            let Behind { any, whole } = self.behind("insatser", &place, |it| it == year);
            let rows = self.counted_in("insatser", &place, year);
            for category in CATEGORIES {
                let own: Vec<&Row> =
                    rows.iter().copied().filter(|row| row.label("Insatskategori") == category).collect();
                let counts = [own.len() as i128, distinct(&own)].map(|count| or_null(any.then_some(count)));
                lines.push(format!("{}|{category}|{}|{}", place.words(year), counts.join("|"), truth(whole)));
            }
        }
        lines
    }
}
