//! The bundle's decided open interventions: plain ones of every district, every legal form, and every reason to reject one.

use super::{
    places::{Slice, slices},
    rows::{self, Row},
};

pub const COLUMNS: [&str; 12] = [
    "Insats-id",
    "Personnummer",
    "Skyddad identitet",
    "Utredning-id",
    "Beslutsdatum",
    "Startdatum",
    "Slutdatum",
    "Insatskategori",
    "Lagrum",
    "Utförare",
    "Avtalsform",
    "Stadsdel",
];

pub const CATEGORIES: [&str; 7] = [
    "Programverksamhet",
    "Riktad dagverksamhet",
    "Socialpedagogisk insats",
    "Skolsociala insatser",
    "Kvalificerat nätverksarbete",
    "Enskilt samtalsstöd",
    "Kontaktperson/-familj",
];

fn row(slice: Slice, id: &str, child: &str, decided: &str, category: &str) -> Row {
    let of_child = [("Insats-id", id), ("Personnummer", child), ("Beslutsdatum", decided)];
    let [id, child, decided] = of_child;
    rows::row(slice, [id, child, decided, ("Insatskategori", category), ("Lagrum", "SoL 4:1")])
}

impl Row {
    fn run(self, start: &str, end: &str) -> Self {
        self.with("Startdatum", start).with("Slutdatum", end)
    }
    fn provider(self, name: &str, contract: &str) -> Self {
        self.with("Utförare", name).with("Avtalsform", contract)
    }
}

pub fn all() -> Vec<Row> {
    [forms(), codes(), protected(), faults()].into_iter().flatten().chain(plain()).collect()
}

/// Rinkeby's file of 2006.
fn forms() -> Vec<Row> {
    let of = |id: &str, child: &str, decided: &str, at: usize| row(("01", 2006), id, child, decided, CATEGORIES[at]);
    vec![
        of("I1", "200001012384", "2006-01-01", 0).run("2006-01-01", "2006-12-31").provider("Ungdomshuset", "Egen regi"),
        // One child with two categories, and two decisions of one.
        of("I2", "200001012384", "2006-02-01", 5).run("2006-02-10", ""),
        of("I3", "200001012384", "2006-03-01", 5),
        // A person's name never enters the warehouse.
        of("I4", "199004032380", "2006-04-01", 6).written("900403-2380").provider("Hemlig Familjesson", "Egen regi"),
        // An investigation of another year, another that nobody knows, and an agreed end to come.
        of("I5", "199611262396", "2006-12-31", 2).with("Utredning-id", "U1").run("2007-01-15", "2027-06-30"),
        of("I6", "199611262396", "2006-05-05", 2).with("Utredning-id", "nowhere"),
        of("I7", "200112172390", "2006-06-06", 3).with("Lagrum", "LVU").provider("Skolstöd AB", "Ramavtal"),
        of("I7", "200112172390", "2006-06-06", 3).with("Lagrum", "LVU").provider("Skolstöd AB", "Ramavtal").copy(),
        // The key has no child in it.
        of("I8", "199004032380", "2006-07-07", 1).rejected(&["key.conflict"]),
        of("I8", "200112172390", "2006-07-07", 1).rejected(&["key.conflict"]),
    ]
}

/// Kista's file of 2006.
fn codes() -> Vec<Row> {
    let of = |id: &str, at: usize| row(("02", 2006), id, "200001012384", "2006-08-08", CATEGORIES[at]);
    vec![
        of("J1", 0)
            .reads("Insatskategori", " KVALIFICERAT na\u{308}tverksarbete\u{a0}", "Kvalificerat nätverksarbete")
            .with("Lagrum", "sol 4:1"),
        of("J2", 6)
            .reads("Insatskategori", "kontaktperson/-FAMILJ", "Kontaktperson/-familj")
            .provider("Hemlig Familjesson", ""),
        of("J3", 1).provider("..", ".."),
        of("J4", 1).provider(".", "."),
        of("J5", 1).provider("Föreningen \"Vi;två\"\nHB", "Upphandling"),
        of("J6", 1).with("Startdatum", "..").with("Slutdatum", ".").with("Utredning-id", ".."),
        of("J7", 4).provider("ungdomshuset", "EGEN REGI"),
    ]
}

/// Katarina-Sofia in 2006 and Södermalm in 2007.
fn protected() -> Vec<Row> {
    let of =
        |slice: Slice, id: &str, child: &str, decided: &str, at: usize| row(slice, id, child, decided, CATEGORIES[at]);
    vec![
        // Whom only this file protects.
        of(("12", 2006), "K1", "199607042398", "2006-09-01", 3),
        of(("12", 2007), "K2", "199607042398", "2007-09-01", 3).with("Skyddad identitet", "Ja"),
        // Whom intakes and investigations protect.
        of(("12", 2006), "K3", "200202222386", "2006-09-03", 6).with("Skyddad identitet", "Nej"),
        // Its investigation is in none of the files that the district has sent of both years.
        of(("22", 2007), "K4", "200209162395", "2007-09-04", 0).with("Utredning-id", "lost"),
        // One id in two files of a district is two keys.
        of(("12", 2006), "K5", "200602282386", "2006-10-05", 4),
    ]
}

/// Skärholmen's file of 2006: every reason to reject a row, among a sound one.
fn faults() -> Vec<Row> {
    let of = |id: &str| row(("24", 2006), id, "199712222398", "2006-05-01", CATEGORIES[0]);
    vec![
        of("").rejected(&["insats_id.required"]),
        of("L2").written("").rejected(&["child.required"]),
        of("L3").written("..").rejected(&["child.required"]),
        of("L4").written("971222-2399").rejected(&["child.identity"]),
        of("L5").with("Beslutsdatum", "2005-12-31").rejected(&["beslutsdatum.period"]),
        of("L6").with("Beslutsdatum", "01/05/2006").rejected(&["beslutsdatum.type"]),
        of("L7").with("Startdatum", "2006-04-30").rejected(&["INS-001"]),
        of("L8").with("Startdatum", "2027-01-01").rejected(&["startdatum.future"]),
        of("L9").run("2006-06-01", "2006-05-31").rejected(&["INS-002"]),
        of("L10").with("Slutdatum", "2006-04-30").rejected(&["INS-003"]),
        of("L11").with("Insatskategori", "Läxhjälp").rejected(&["insatskategori.code"]),
        of("L12").with("Insatskategori", "..").rejected(&["insatskategori.required"]),
        of("L13").with("Lagrum", "").rejected(&["lagrum.required"]),
        of("L14").with("Lagrum", "11:1").rejected(&["lagrum.code"]),
        of("L15").with("Skyddad identitet", "J").rejected(&["skyddad_identitet.type"]),
        of("L16").with("Utförare", "Stöd åt 19900403-2380").rejected(&["row.personnummer"]),
        of("L17").with("Utförare", &"å".repeat(4001)).rejected(&["utforare.length"]),
        of("L18").ragged(),
        of("L19").with("Utförare", rows::longest()),
    ]
}

const CHILDREN: [&str; 5] = ["199706132397", "199803272393", "200012122388", "200104152384", "199105202387"];

const PARTICULAR: [Slice; 4] = [("01", 2006), ("02", 2006), ("24", 2006), ("04", 2007)];

/// Two of each file that is not particular.
fn plain() -> impl Iterator<Item = Row> {
    slices().filter(|slice| !PARTICULAR.contains(slice)).enumerate().flat_map(|(at, slice)| {
        let (code, year) = slice;
        let of = |nth: usize| {
            let (id, day) = (format!("{code}-{year}-{nth}"), format!("{year}-0{}-0{}", 1 + at % 9, nth));
            row(slice, &id, CHILDREN[(at + nth) % 5], &day, CATEGORIES[(at + 2 * nth) % 7])
        };
        [of(1), of(2).provider("Ungdomshuset", "Direktupphandling")]
    })
}
