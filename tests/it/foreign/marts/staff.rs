//! The mart of personnel.

use std::collections::BTreeSet;

use super::{
    super::{
        figures::{or_null, ratio},
        places::{Place, Slice, every_place, slices},
        population,
        rows::Row,
        staff::GROUPS,
    },
    Behind, Bundle, truth,
};

const CITY: Place = Place { generation: 14, district: None };

impl Bundle<'_> {
    pub fn density(&self) -> Vec<String> {
        every_place()
            .flat_map(|(place, year)| {
                ["alla"].into_iter().chain(GROUPS).map(move |group| self.density_of(&place, year, group))
            })
            .collect()
    }

    fn density_of(&self, place: &Place, year: i32, group: &str) -> String {
        let belongs = |row: &&Row| match group {
            "alla" => GROUPS[..3].contains(&row.label("Yrkesgrupp")),
            group => row.label("Yrkesgrupp") == group,
        };
        let Behind { any, whole } = self.behind("personal", place, |it| it == year);
        let all = self.counted_in("personal", place, year);
        let months = months(&all).len() as i128;
        let rows: Vec<&Row> = all.into_iter().filter(belongs).collect();

        // A degree is in hundredths of a percent.
        let degrees: i128 = rows.iter().map(|row| row.degree()).sum();
        let null = || or_null(None::<u8>);
        let population = self.populations.contains(&year).then(|| population::minors(place, year));
        let per_1000 = population.map_or_else(null, |people| ratio(1000 * degrees, 10_000 * months * people, 4));

        let says = |answer: &str| {
            rows.iter().filter(|row| row.cell("Full kompetens").to_lowercase() == answer).count() as i128
        };
        let (competent, known) = (says("ja"), says("ja") + says("nej"));
        let mut experience: Vec<i128> = rows
            .iter()
            .filter_map(|row| Some(i128::from(row.months("Mätmånad")? - row.months("Erfarenhet sedan")?)))
            .collect();
        experience.sort_unstable();
        let middle = experience.len() / 2;
        let median = match experience.len() {
            0 => null(),
            odd if odd % 2 == 1 => ratio(experience[middle], 12, 4),
            _ => ratio(experience[middle - 1] + experience[middle], 24, 4),
        };

        let december = |row: &&Row| row.label("Mätmånad").ends_with("-12");
        let before = self.counted_in("personal", place, year - 1).into_iter().filter(belongs).filter(december);
        let city = self.counted_in("personal", &CITY, year).into_iter().filter(december);
        let measured: BTreeSet<Slice> = city.clone().map(|row| row.slice).collect();
        let stayed: BTreeSet<&str> = city.filter(belongs).map(employee).collect();
        let were: BTreeSet<&str> = before.chain(rows.iter().copied()).map(employee).collect();
        let heads: BTreeSet<(&str, &str)> = rows.iter().map(|row| (row.label("Mätmånad"), employee(row))).collect();
        // Who moved to a district that has not measured December would look gone.
        let everywhere = measured.len() == slices().filter(|slice| slice.1 == year).count();
        let left = everywhere.then(|| were.difference(&stayed).count() as i128);

        let delivered = |text: String| if months > 0 { text } else { null() };
        let figures = [
            or_null(any.then_some(months)),
            ratio(degrees, 10_000 * months, 4),
            or_null(population),
            per_1000,
            delivered(competent.to_string()),
            delivered(known.to_string()),
            ratio(competent, known, 6),
            median,
            delivered(or_null(left)),
            ratio(heads.len() as i128, months, 4),
            left.map_or_else(null, |left| ratio(left * months, heads.len() as i128, 6)),
        ];
        format!("{}|{group}|{}|{}", place.words(year), figures.join("|"), truth(whole && population.is_some()))
    }
}

fn employee(row: &Row) -> &str {
    row.cell("Anställningsnummer").trim_start_matches("number ")
}

/// Months that were measured, whoever worked in them.
fn months<'a>(rows: &[&'a Row]) -> BTreeSet<&'a str> {
    rows.iter().map(|row| row.label("Mätmånad")).collect()
}
