//! The city's districts, written down anew for the test: who delivered, under which code, and who inherits them.

use std::fmt::Write as _;

use super::served::LIMITS;

/// Code in 2006, name in 2006, code of the organisation of fourteen.
const EIGHTEEN: [(&str, &str, &str); 18] = [
    ("01", "Rinkeby", "01"),
    ("02", "Kista", "01"),
    ("03", "Spånga-Tensta", "03"),
    ("04", "Hässelby-Vällingby", "04"),
    ("06", "Bromma", "06"),
    ("08", "Kungsholmen", "08"),
    ("09", "Norrmalm", "09"),
    ("10", "Östermalm", "10"),
    ("11", "Maria-Gamla stan", "12"),
    ("12", "Katarina-Sofia", "12"),
    ("14", "Enskede-Årsta", "14"),
    ("15", "Skarpnäck", "15"),
    ("18", "Farsta", "18"),
    ("20", "Vantör", "14"),
    ("21", "Älvsjö", "21"),
    ("22", "Liljeholmen", "22"),
    ("23", "Hägersten", "22"),
    ("24", "Skärholmen", "24"),
];

const FOURTEEN: [(&str, &str); 14] = [
    ("01", "Rinkeby-Kista"),
    ("03", "Spånga-Tensta"),
    ("04", "Hässelby-Vällingby"),
    ("06", "Bromma"),
    ("08", "Kungsholmen"),
    ("09", "Norrmalm"),
    ("10", "Östermalm"),
    ("12", "Södermalm"),
    ("14", "Enskede-Årsta-Vantör"),
    ("15", "Skarpnäck"),
    ("18", "Farsta"),
    ("21", "Älvsjö"),
    ("22", "Hägersten-Liljeholmen"),
    ("24", "Skärholmen"),
];

/// A deliverer's code and the year of its file.
pub type Slice = (&'static str, i32);

/// A row of a mart stands for an organisation, and for the city or a district's code and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub generation: u8,
    pub district: Option<(&'static str, &'static str)>,
}

/// Files that both years expect.
pub fn slices() -> impl Iterator<Item = Slice> {
    EIGHTEEN.iter().map(|it| (it.0, 2006)).chain(FOURTEEN.iter().map(|it| (it.0, 2007)))
}

/// The places that a mart shows of a year: both organisations of 2006, one of 2007.
pub fn shown(year: i32) -> Vec<Place> {
    let mut places = vec![Place { generation: 14, district: None }];
    places.extend(FOURTEEN.iter().map(|it| Place { generation: 14, district: Some(*it) }));
    if year == 2006 {
        places.push(Place { generation: 18, district: None });
        places.extend(EIGHTEEN.iter().map(|it| Place { generation: 18, district: Some((it.0, it.1)) }));
    }
    places
}

/// Every place of every year.
pub fn every_place() -> impl Iterator<Item = (Place, i32)> {
    [2006, 2007].into_iter().flat_map(|year| shown(year).into_iter().map(move |place| (place, year)))
}

/// The code under which the organisation of fourteen knows a deliverer.
pub fn heir((code, year): Slice) -> &'static str {
    if year > 2006 { code } else { EIGHTEEN.iter().find(|it| it.0 == code).expect("a district").2 }
}

impl Place {
    pub fn holds(&self, slice: Slice) -> bool {
        match self.district {
            None => true,
            Some((code, _)) if self.generation == 14 => code == heir(slice),
            Some((code, _)) => slice == (code, 2006),
        }
    }

    /// `org_generation|level|district_code|district|year`, as every mart begins.
    pub fn words(&self, year: i32) -> String {
        let (level, (code, name)) = self.district.map_or(("city", ("∅", "∅")), |it| ("district", it));
        format!("{}|{level}|{code}|{name}|{year}", self.generation)
    }
}

/// Codes of all who deliver.
pub fn deliverers() -> impl Iterator<Item = &'static str> {
    EIGHTEEN.iter().map(|it| it.0).chain(["stad"])
}

/// Deliverers' settings, with what is particular to some of them. `base` is the offices' address.
pub fn settings(base: &str) -> String {
    let mut text = LIMITS.to_owned() + "[coverage]\ngranskning = \"2022..2022\"\n";
    for dataset in ["anmalningar", "utredningar", "insatser", "personal", "befolkning", "ekonomi"] {
        let _ = writeln!(text, "{dataset} = \"2006..2007\"");
    }
    let mut add = |code: &str, name: &str, kind: &str, validity: &str| {
        let separator = if code == "24" { "csv.separator = \"\\t\"\n" } else { "" };
        let dimension = if code == "10" { 21 } else { 20 };
        let _ = write!(
            text,
            "\n[[deliverers]]\ncode = \"{code}\"\nname = \"{name}\"\nkind = \"{kind}\"\n{validity}\
             base_url = \"{base}/{{deliverer}}\"\nhttp.bearer = {{ file = \"{{dir}}/tokens/{code}\" }}\nsie.activity_dimension = {dimension}\n{separator}"
        );
    };
    add("stad", "Stadsledningskontoret", "central", "");
    for (code, name, _) in EIGHTEEN {
        add(code, name, "district", "valid_from = \"1999-01-01\"\nvalid_to = \"2006-12-31\"\n");
    }
    for (code, name) in FOURTEEN {
        add(code, name, "district", "valid_from = \"2007-01-01\"\n");
    }
    text
}
