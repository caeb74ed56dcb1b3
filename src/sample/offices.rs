//! Who delivers in the sample: the deliverers of `config/demo.toml`, each with a made-up portrait.

use serde::Deserialize;

use crate::{pipeline::DelivererKind, settings::Deliverer};

/// The settings of the demo, of which the sample's own are made.
pub(super) const DEMO_SETTINGS: &str = include_str!("../../config/demo.toml");

/// Made-up children aged 0–17 in 2006 and intakes per 1,000 of them, by district of 2006.
const PORTRAITS: [(&str, u64, u64); 18] = [
    ("Rinkeby", 4900, 55),
    ("Kista", 6400, 32),
    ("Spånga-Tensta", 9300, 42),
    ("Hässelby-Vällingby", 13200, 34),
    ("Bromma", 13400, 13),
    ("Kungsholmen", 7000, 14),
    ("Norrmalm", 8500, 12),
    ("Östermalm", 8900, 11),
    ("Maria-Gamla stan", 9000, 19),
    ("Katarina-Sofia", 7600, 21),
    ("Enskede-Årsta", 9800, 22),
    ("Skarpnäck", 8800, 32),
    ("Farsta", 9300, 34),
    ("Vantör", 7600, 33),
    ("Älvsjö", 5100, 17),
    ("Liljeholmen", 4800, 24),
    ("Hägersten", 6000, 20),
    ("Skärholmen", 8400, 48),
];

const MERGED: [(&str, [&str; 2]); 4] = [
    ("Rinkeby-Kista", ["Rinkeby", "Kista"]),
    ("Södermalm", ["Maria-Gamla stan", "Katarina-Sofia"]),
    ("Enskede-Årsta-Vantör", ["Enskede-Årsta", "Vantör"]),
    ("Hägersten-Liljeholmen", ["Liljeholmen", "Hägersten"]),
];

/// One district administration.
#[derive(Debug, Clone)]
pub(super) struct Office {
    pub code: String,
    pub name: String,
    pub separator: char,
    pub activity_dimension: u32,
    /// Aged 0–17 in 2006.
    pub children: u64,
    pub intakes_per_1000: u64,
    /// Of a hundred investigations, how many end within four months.
    pub in_time_percent: usize,
    /// Position among all offices: decides how its files look.
    pub number: usize,
    /// Code of the district of 2007 that it is or becomes part of.
    pub home: String,
    /// Which part of that district it is, of how many.
    pub part: (u32, u32),
    deliverer: Deliverer,
}

impl Office {
    /// Of a hundred intakes that are decided, how many open an investigation here, where it is this many in the city: offices differ.
    pub fn opens(&self, in_the_city: usize) -> usize {
        (in_the_city * (86 + self.number * 5 % 29) / 100).min(100)
    }

    /// Weight in the city's costs: children, and more where more is reported.
    pub fn cost_weight(&self) -> i128 {
        i128::from(self.children) * i128::from(self.intakes_per_1000 + 15)
    }
}

#[derive(Deserialize)]
struct Demo {
    deliverers: Vec<Deliverer>,
}

/// All district offices in the order of the settings.
pub(super) struct Offices(Vec<Office>);

impl Offices {
    /// The settings are part of the program and checked by its tests, so there is nothing to report.
    pub fn of_the_demo() -> Self {
        let demo: Demo = toml::from_str(DEMO_SETTINGS).unwrap_or(Demo { deliverers: Vec::new() });
        let districts: Vec<Deliverer> =
            demo.deliverers.into_iter().filter(|deliverer| deliverer.kind == DelivererKind::District).collect();
        let of_2007: Vec<(String, String)> = districts
            .iter()
            .filter(|deliverer| deliverer.valid_in_year(2007))
            .map(|deliverer| (deliverer.name.clone(), deliverer.code.to_string()))
            .collect();
        let offices = districts.into_iter().enumerate().map(|(number, deliverer)| office(number, deliverer, &of_2007));
        Self(offices.collect())
    }

    pub fn of_year(&self, year: i32) -> impl Iterator<Item = &Office> {
        self.0.iter().filter(move |office| office.deliverer.valid_in_year(year))
    }
}

fn office(number: usize, deliverer: Deliverer, of_2007: &[(String, String)]) -> Office {
    let name = deliverer.name.clone();
    let (home_name, part) = MERGED
        .iter()
        .find_map(|&(merged, parts)| {
            parts.iter().zip(0..).find(|(part, _)| **part == name).map(|(_, number)| (merged, (number, 2)))
        })
        .unwrap_or((name.as_str(), (0, 1)));
    let home = of_2007.iter().find(|(name, _)| name == home_name).map_or_else(String::new, |(_, code)| code.clone());
    let (children, intakes_per_1000) = portrait(&name);
    Office {
        code: deliverer.code.to_string(),
        separator: deliverer.csv.separator.unwrap_or(';'),
        activity_dimension: deliverer.sie.activity_dimension.unwrap_or(20),
        children,
        intakes_per_1000,
        in_time_percent: in_time_percent(&name, number),
        number,
        home,
        part,
        name,
        deliverer,
    }
}

/// Three as in the published review of 2022, the others so that the city is as the three together.
fn in_time_percent(name: &str, number: usize) -> usize {
    match name {
        "Norrmalm" => 100,
        "Hässelby-Vällingby" => 75,
        "Skärholmen" => 38,
        _ => 66 + number * 5 % 17,
    }
}

fn portrait(name: &str) -> (u64, u64) {
    let parts: Vec<&str> =
        MERGED.iter().find(|(merged, _)| *merged == name).map_or_else(|| vec![name], |(_, parts)| parts.to_vec());
    let (mut children, mut intakes) = (0, 0);
    for (_, of_part, rate) in PORTRAITS.iter().filter(|(part, ..)| parts.contains(part)) {
        children += of_part;
        intakes += of_part * rate;
    }
    (children, intakes.checked_div(children).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eighteen_become_fourteen() {
        let offices = Offices::of_the_demo();
        assert_eq!(offices.of_year(2006).count(), 18);
        assert_eq!(offices.of_year(2007).count(), 14);
        let children = |year| offices.of_year(year).map(|office| office.children).sum::<u64>();
        assert_eq!(children(2006), children(2007));
        assert!(offices.of_year(2006).all(|office| office.children > 0 && !office.home.is_empty()));
        assert!(offices.of_year(2007).all(|office| office.home == office.code));
    }
}
