//! What every row of the marts must say, worked out from the bundle's rows and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    figures::{kronor, or_null, ratio},
    intakes::{Fate, Row},
    ledgers::{Booked, COST_TYPES, cost_type},
    places::{Place, Slice, shown, slices},
    population,
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

/// The bundle as far as it has come: `missing` files, and years with a population.
pub struct Bundle<'a> {
    pub intakes: &'a [Row],
    pub booked: &'a [Booked],
    pub missing: &'a [(&'static str, Slice)],
    pub populations: &'a [i32],
}

impl Bundle<'_> {
    fn missing(&self, dataset: &str) -> BTreeSet<Slice> {
        self.missing.iter().filter(|it| it.0 == dataset).map(|it| it.1).collect()
    }

    /// Files behind a row: are there any, and all.
    fn behind(&self, dataset: &str, place: &Place, year: i32) -> (bool, bool) {
        let missing = self.missing(dataset);
        let held: Vec<Slice> = slices().filter(|slice| slice.1 == year && place.holds(*slice)).collect();
        let there = held.iter().filter(|slice| !missing.contains(slice)).count();
        (there > 0, there == held.len())
    }

    fn loaded(&self) -> impl Iterator<Item = &Row> {
        let missing = self.missing("anmalningar");
        self.intakes.iter().filter(move |row| row.fate == Fate::Loaded && !missing.contains(&row.slice))
    }

    /// Intakes that count for a place: in a district not those of children protected anywhere, at any time.
    fn intakes(&self, place: &Place, year: i32) -> Vec<&Row> {
        let protects = |row: &&Row| row.cells.get("Skyddad identitet").is_some_and(|cell| cell.to_lowercase() == "ja");
        let protected: BTreeSet<&String> = self.loaded().filter(protects).map(|row| &row.child).collect();
        let counts = |row: &&Row| {
            row.slice.1 == year
                && place.holds(row.slice)
                && (place.district.is_none() || !protected.contains(&row.child))
        };
        self.loaded().filter(counts).collect()
    }

    pub fn by_reporter(&self) -> Vec<String> {
        let mut members: BTreeSet<(&str, &str)> =
            KINDS.iter().flat_map(|kind| REPORTERS.iter().map(|it| (*kind, *it))).collect();
        members.extend(self.loaded().map(|row| (row.kind, row.reporter)));
        let mut lines = Vec::new();
        for year in [2006, 2007] {
            for place in shown(year) {
                let (any, whole) = self.behind("anmalningar", &place, year);
                let now = self.intakes(&place, year);
                let before = (year == 2007).then(|| self.intakes(&place, 2006));
                let (_, whole_before) = self.behind("anmalningar", &place, year - 1);
                for (kind, reporter) in &members {
                    let of = |rows: &[&Row]| {
                        rows.iter().filter(|it| it.kind == *kind && it.reporter == *reporter).count() as i128
                    };
                    let (count, all) = (of(&now), now.iter().filter(|it| it.kind == *kind).count() as i128);
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
            let (any, whole) = self.behind("anmalningar", place, year);
            let rows = self.intakes(place, year);
            let distinct = |rows: &[&Row]| rows.iter().map(|it| &it.child).collect::<BTreeSet<_>>().len() as i128;
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

    /// Budget and outcome of a place, year and cost type.
    fn costs(&self, place: &Place, year: i32, kind: &str) -> (i128, i128) {
        let missing = self.missing("ekonomi");
        let counts = |fact: &&Booked| {
            let own = cost_type(fact);
            fact.slice.1 == year
                && place.holds(fact.slice)
                && !missing.contains(&fact.slice)
                && (own == Some(kind) || kind == "alla" && own.is_some_and(|own| own != "intakt"))
        };
        self.booked.iter().filter(counts).fold((0, 0), |(budget, outcome), fact| {
            if fact.budget { (budget + fact.ore, outcome) } else { (budget, outcome + fact.ore) }
        })
    }

    pub fn cost_trend(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for year in [2006, 2007] {
            for place in shown(year) {
                let (any, whole) = self.behind("ekonomi", &place, year);
                let (_, whole_first) = self.behind("ekonomi", &place, 2006);
                for kind in COST_TYPES {
                    let (budget, outcome) = self.costs(&place, year, kind);
                    let (first_budget, first_outcome) = self.costs(&place, 2006, kind);
                    let null = || or_null(None::<u8>);
                    let sum = |ore| if any { kronor(ore) } else { null() };
                    let compared = |text: String| if whole && whole_first { text } else { null() };
                    // One step, so that the growth of all years is that of one.
                    let growth = [
                        compared(ratio(budget - first_budget, first_budget, 6)),
                        compared(ratio(outcome - first_outcome, first_outcome, 6)),
                    ];
                    let yearly = if year == 2006 { [null(), null()] } else { growth.clone() };
                    let numbers = [
                        sum(budget),
                        sum(outcome),
                        sum(outcome - budget),
                        if any { ratio(outcome - budget, budget, 6) } else { null() },
                        compared(ratio(100 * budget, first_budget, 4)),
                        compared(ratio(100 * outcome, first_outcome, 4)),
                        growth.join("|"),
                        yearly.join("|"),
                        compared(if first_budget == 0 {
                            null()
                        } else {
                            ratio(budget * first_outcome, first_budget * outcome, 6)
                        }),
                    ];
                    let start = place.words(year);
                    lines.push(format!("{start}|lopande|{kind}|{}|{}", numbers.join("|"), truth(whole)));
                }
            }
        }
        lines
    }

    /// Facts of the ledgers: name of the district, month, account and activity, scenario, kronor.
    pub fn facts(&self) -> Vec<String> {
        let name = |slice: Slice| {
            let generation = if slice.1 == 2006 { 18 } else { 14 };
            let place = shown(slice.1)
                .into_iter()
                .find(|it| it.generation == generation && it.district.is_some_and(|(code, _)| code == slice.0));
            place.and_then(|it| it.district).expect("a district").1
        };
        let mut facts: BTreeMap<String, i128> = BTreeMap::new();
        for fact in self.booked {
            let scenario = if fact.budget { "budget" } else { "outcome" };
            let (year, month) = (fact.slice.1, fact.month);
            let key =
                format!("{}|{year}-{month:02}-01|{}/{}|{scenario}", name(fact.slice), fact.account, fact.activity);
            assert!(facts.insert(key, fact.ore).is_none(), "one fact twice");
        }
        facts.into_iter().map(|(key, ore)| format!("{key}|{}", kronor(ore))).collect()
    }
}

pub fn truth(value: bool) -> char {
    if value { 't' } else { 'f' }
}
