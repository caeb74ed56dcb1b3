//! Marts of intakes.

use std::collections::BTreeSet;

use super::{
    super::{
        figures::{or_null, ratio},
        places::{Place, every_place, shown},
        population,
        rows::Row,
    },
    Behind, Bundle, distinct, truth,
};

const KINDS: [&str; 3] = ["Anmälan", "Ansökan", "Begäran om yttrande"];
const REPORTERS: [&str; 13] = [
    "Skola",
    "Förskola",
    "Barnhälsovård",
    "BUP",
    "Hälso- och sjukvård",
    "Polis",
    "Annan enhet inom förvaltningen",
    "Annan socialtjänst",
    "Vårdnadshavare",
    "Barnet självt",
    "Anhörig eller granne",
    "Anonym",
    "Annan",
];

/// Bands of the age that a year less the year of birth makes.
const BANDS: [(&str, i32); 7] =
    [("0-3", 3), ("4-6", 6), ("7-9", 9), ("10-12", 12), ("13-15", 15), ("16-17", 17), ("18-20", 21)];

impl Bundle<'_> {
    pub fn by_reporter(&self) -> Vec<String> {
        let mut members: BTreeSet<(&str, &str)> =
            KINDS.iter().flat_map(|kind| REPORTERS.iter().map(|it| (*kind, *it))).collect();
        members.extend(self.loaded("anmalningar").map(|row| (row.label("Typ"), row.label("Anmälare"))));
        let mut lines = Vec::new();
        for year in [2006, 2007] {
            for place in shown(year) {
                let Behind { any, whole } = self.behind("anmalningar", &place, |it| it == year);
                let now = self.counted_in("anmalningar", &place, year);
                let sent_before = year == 2007 && self.behind("anmalningar", &place, |it| it == 2006).any;
                let before = sent_before.then(|| self.counted_in("anmalningar", &place, 2006));
                let whole_before = self.behind("anmalningar", &place, |it| it == year - 1).whole;
                for (kind, reporter) in &members {
                    let of = |rows: &[&Row]| {
                        rows.iter().filter(|it| it.label("Typ") == *kind && it.label("Anmälare") == *reporter).count()
                            as i128
                    };
                    let (count, all) = (of(&now), now.iter().filter(|it| it.label("Typ") == *kind).count() as i128);
                    let share = if any { ratio(count, all, 6) } else { or_null(None::<u8>) };
                    let previous = before.as_ref().map(|rows| of(rows));
                    let change = match previous {
                        Some(previous) if whole && whole_before => ratio(count - previous, previous, 6),
                        _ => or_null(None::<u8>),
                    };
                    lines.push(format!(
                        "{}|{kind}|{reporter}|{}|{share}|{}|{change}|{}",
                        place.words(year),
                        or_null(any.then_some(count)),
                        or_null(previous),
                        truth(whole)
                    ));
                }
            }
        }
        lines
    }

    pub fn rate(&self) -> Vec<String> {
        let line = |place: &Place, year: i32| {
            let Behind { any, whole } = self.behind("anmalningar", place, |it| it == year);
            let rows = self.counted_in("anmalningar", place, year);
            let minors: Vec<&Row> = rows.iter().copied().filter(|row| row.is_minor()).collect();
            let counts = [rows.len() as i128, distinct(&rows), minors.len() as i128, distinct(&minors)];
            let population = self.populations.contains(&year).then(|| population::minors(place, year));
            let rate = |count: i128| match population {
                Some(population) if any => ratio(1000 * count, population, 4),
                _ => or_null(None::<u8>),
            };
            format!(
                "{}|{}|{}|{}|{}|{}",
                place.words(year),
                counts.map(|count| or_null(any.then_some(count))).join("|"),
                or_null(population),
                rate(counts[2]),
                rate(counts[3]),
                truth(whole && population.is_some())
            )
        };
        [2006, 2007].into_iter().flat_map(|year| shown(year).into_iter().map(move |place| line(&place, year))).collect()
    }

    /// Whether intakes led to an investigation: what was decided, and what stands apart.
    pub fn to_utredning(&self) -> Vec<String> {
        let mut members: BTreeSet<&str> = REPORTERS.into();
        members.extend(self.loaded("anmalningar").map(|row| row.label("Anmälare")));
        let mut lines = Vec::new();
        for (place, year) in every_place() {
            let Behind { any, whole } = self.behind("anmalningar", &place, |it| it == year);
            let rows = self.counted_in("anmalningar", &place, year);
            for reporter in &members {
                let of = |decision: &str| {
                    let counts = |it: &&&Row| it.label("Anmälare") == *reporter && it.label("Beslut") == decision;
                    rows.iter().filter(counts).count() as i128
                };
                let (opened, not_opened) = (of("Utredning inleds"), of("Utredning inleds ej"));
                let intakes = rows.iter().filter(|it| it.label("Anmälare") == *reporter).count() as i128;
                let counts = [intakes, opened + not_opened, opened, of("Pågår redan"), of("")];
                lines.push(format!(
                    "{}|{reporter}|{}|{}|{}",
                    place.words(year),
                    counts.map(|count| or_null(any.then_some(count))).join("|"),
                    if any { ratio(opened, opened + not_opened, 6) } else { or_null(None::<u8>) },
                    truth(whole)
                ));
            }
        }
        lines
    }

    /// Children with an intake, each in one band of the year; without a number, in the sex that some row tells.
    pub fn unique_children(&self) -> Vec<String> {
        let band = |row: &Row, year: i32| {
            if row.is_unborn() {
                return "ofödd";
            }
            let age = year - row.child[..4].parse::<i32>().expect("a year");
            BANDS.iter().find(|band| age <= band.1).expect("a child").0
        };
        let told = |child: &str| {
            let cells = self.all_rows().filter(|row| row.child == child).map(|row| row.cell("Kön").to_uppercase());
            cells.filter(|cell| cell == "F" || cell == "P").max()
        };
        let sex = |row: &Row| match row.child.chars().nth(10) {
            _ if row.is_unborn() => match told(&row.child).as_deref() {
                Some("F") => "flicka",
                Some(_) => "pojke",
                None => "okänd",
            },
            Some('1' | '3' | '5' | '7' | '9') => "pojke",
            _ => "flicka",
        };
        let bands = || BANDS.iter().map(|band| band.0).chain(["ofödd"]);
        let mut members: BTreeSet<(&str, &str)> =
            ["flicka", "pojke"].iter().flat_map(|sex| bands().map(|band| (*sex, band))).collect();
        members.extend(self.loaded("anmalningar").map(|row| (sex(row), band(row, row.slice.1))));
        let mut lines = Vec::new();
        for (place, year) in every_place() {
            let Behind { any, whole } = self.behind("anmalningar", &place, |it| it == year);
            let rows = self.counted_in("anmalningar", &place, year);
            for member in &members {
                let own: Vec<&Row> =
                    rows.iter().copied().filter(|row| (sex(row), band(row, year)) == *member).collect();
                let children = or_null(any.then_some(distinct(&own)));
                lines.push(format!("{}|{}|{}|{children}|{}", place.words(year), member.0, member.1, truth(whole)));
            }
        }
        lines
    }
}
