//! The bundle's personnel: who worked where in the months that were measured, and what a workbook's cell may be.

use super::{
    places::{Slice, slices},
    rows::{self, Row},
};

pub const COLUMNS: [&str; 8] = [
    "Anställningsnummer",
    "Mätmånad",
    "Yrkesgrupp",
    "Tjänstgöringsgrad",
    "Socionomexamen",
    "Erfarenhet sedan",
    "Full kompetens",
    "Stadsdel",
];

const INVESTIGATES: &str = "Utredande socialsekreterare";
const INSPECTS: &str = "Familjevårdsinspektör";
const RECEIVES: &str = "Mottagningssekreterare";
const OTHER: &str = "Övrig";

/// Groups of the mart; `alla` is the first three.
pub const GROUPS: [&str; 4] = [INVESTIGATES, INSPECTS, RECEIVES, OTHER];

fn row(slice: Slice, employee: &str, month: &str, group: &str, degree: &str) -> Row {
    let of_employee = [("Anställningsnummer", employee), ("Mätmånad", month)];
    let [employee, month] = of_employee;
    rows::row(slice, [employee, month, ("Yrkesgrupp", group), ("Tjänstgöringsgrad", degree)])
}

impl Row {
    fn skilled(self, since: &str, full: &str) -> Self {
        self.with("Erfarenhet sedan", since).with("Full kompetens", full)
    }
    /// Months since the year nought.
    pub fn months(&self, column: &str) -> Option<i32> {
        let (year, month) = self.label(column).split_once('-')?;
        Some(12 * year.parse::<i32>().expect("a year") + month.parse::<i32>().expect("a month") - 1)
    }
    /// Hundredths of a percent.
    pub fn degree(&self) -> i128 {
        let (whole, part) =
            self.label("Tjänstgöringsgrad").split_once(',').unwrap_or((self.label("Tjänstgöringsgrad"), ""));
        whole.parse::<i128>().expect("percent") * 100 + format!("{part:0<2}").parse::<i128>().expect("hundredths")
    }
}

pub fn all() -> Vec<Row> {
    [rinkeby(), kista(), merged(), moves(), partly(), faults()].into_iter().flatten().chain(plain()).collect()
}

/// Rinkeby in 2006, as `openpyxl` wrote it with dates from 1904.
pub fn rinkeby() -> Vec<Row> {
    let of = |employee: &str, month: &str, group: &str, degree: &str| row(("01", 2006), employee, month, group, degree);
    vec![
        of("R1", "2006-01", INVESTIGATES, "100").skilled("1998-09", "Ja"),
        of("R2", "2006-01", INVESTIGATES, "87,5").skilled("2005-02", "Nej"),
        // In two groups, and in two districts.
        of("R3", "2006-01", INSPECTS, "50").skilled("1990-01", "Ja"),
        of("R3", "2006-01", RECEIVES, "25").skilled("1990-01", "Ja"),
        of("R4", "2006-01", RECEIVES, "0").skilled("", ""),
        of("R1", "2006-06", INVESTIGATES, "100").skilled("1998-09", "Ja"),
        of("R3", "2006-06", INSPECTS, "50").skilled("1990-01", "Ja"),
        of("R1", "2006-12", INVESTIGATES, "80,25").skilled("1998-09", "Ja"),
        of("R3", "2006-12", INSPECTS, "50").skilled("1990-01", "Ja"),
        of("R5", "2006-12", OTHER, "100").skilled("2006-12", "Nej"),
    ]
}

/// Kista in 2006, as LibreOffice wrote it.
pub fn kista() -> Vec<Row> {
    let of = |employee: &str, month: &str, group: &str, degree: &str| row(("02", 2006), employee, month, group, degree);
    vec![
        of("R3", "2006-01", INSPECTS, "25").skilled("1990-01", "Ja"),
        of("S1", "2006-01", INVESTIGATES, "100").skilled("2001-05", "Nej"),
        of("R3", "2006-06", INSPECTS, "25").skilled("1990-01", "Ja"),
        of("S1", "2006-06", INVESTIGATES, "100").skilled("2001-05", "Nej"),
        // Moved to Rinkeby-Kista before the two were one.
        of("R2", "2006-12", INVESTIGATES, "87,5").skilled("2005-02", "Ja"),
        of("S1", "2006-12", RECEIVES, "100").skilled("2001-05", "Nej"),
    ]
}

/// Rinkeby-Kista in 2007: every way in which a cell may say the same.
fn merged() -> Vec<Row> {
    let of = |employee: &str, month: &str, group: &str, degree: &str| row(("01", 2007), employee, month, group, degree);
    vec![
        of("R1", "2007-01", INVESTIGATES, "100").skilled("1998-09", "Ja"),
        of("R2", "2007-01", INVESTIGATES, "").reads("Mätmånad", "date 2007-01-31", "2007-01").reads(
            "Tjänstgöringsgrad",
            "number 87.5",
            "87,5",
        ),
        of("S1", "2007-01", "", "")
            .reads("Yrkesgrupp", "  MOTTAGNINGSSEKRETERARE ", RECEIVES)
            .reads("Tjänstgöringsgrad", "formula =50+50 100", "100")
            .reads("Erfarenhet sedan", "date 2001-05-17", "2001-05"),
        // A number of staff is the same whether it is a number or a text.
        of("number 4711", "2007-01", INSPECTS, "100").skilled("2006-12", "nej"),
        of("4711", "2007-06", INSPECTS, "").reads("Tjänstgöringsgrad", "number 62.25", "62,25").skilled("..", ".."),
        of("R1", "2007-06", INVESTIGATES, "100").reads("Mätmånad", "serial 39234", "2007-06").skilled(".", "."),
        of("R1", "2007-06", INVESTIGATES, "100").reads("Mätmånad", "serial 39234", "2007-06").skilled(".", ".").copy(),
        of("R2", "2007-12", INVESTIGATES, "100,0").with("Socionomexamen", "Ja"),
        of("4711", "2007-12", RECEIVES, "99,99"),
    ]
}

/// Bromma, Kungsholmen and Södermalm: who moves between districts and groups, and who leaves.
fn moves() -> Vec<Row> {
    let of = |slice: Slice, employee: &str, months: &[u8], group: &str| -> Vec<Row> {
        let month = |month: &u8| row(slice, employee, &format!("{}-{month:02}", slice.1), group, "100");
        months.iter().map(month).collect()
    };
    [
        // Within the city: Bromma's leaver is none.
        of(("06", 2006), "M1", &[1, 6], INVESTIGATES),
        of(("08", 2006), "M1", &[12], INVESTIGATES),
        of(("08", 2007), "M1", &[1, 6, 12], INVESTIGATES),
        // To another group.
        of(("06", 2006), "M2", &[1, 6], INVESTIGATES),
        of(("06", 2006), "M2", &[12], INSPECTS),
        of(("06", 2007), "M2", &[1, 6, 12], INSPECTS),
        // Leaves in the year, before the year's first month, and comes back.
        of(("06", 2006), "M3", &[1], INVESTIGATES),
        of(("06", 2006), "M4", &[1, 6, 12], INVESTIGATES),
        of(("06", 2006), "M5", &[1, 12], INVESTIGATES),
        of(("06", 2007), "M5", &[12], INVESTIGATES),
        // New and gone in the year.
        of(("08", 2007), "M6", &[6], RECEIVES),
        of(("08", 2006), "M7", &[1, 6, 12], OTHER),
        // Full time in two districts at once.
        of(("06", 2007), "M8", &[1], RECEIVES),
        of(("08", 2007), "M8", &[1], RECEIVES),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Maria-Gamla stan measured all three months, Katarina-Sofia and Södermalm two.
fn partly() -> Vec<Row> {
    let of = |slice: Slice, employee: &str, month: u8, degree: &str| {
        row(slice, employee, &format!("{}-{month:02}", slice.1), INVESTIGATES, degree).skilled("2000-01", "Ja")
    };
    vec![
        of(("11", 2006), "P1", 1, "100"),
        of(("11", 2006), "P1", 6, "100"),
        of(("11", 2006), "P1", 12, "100"),
        of(("12", 2006), "P2", 6, "50"),
        of(("12", 2006), "P2", 12, "50"),
        of(("12", 2007), "P1", 1, "100"),
        of(("12", 2007), "P2", 1, "50"),
        of(("12", 2007), "P1", 12, "100"),
    ]
}

/// Skärholmen in 2006: every reason to reject a row, among a sound one.
fn faults() -> Vec<Row> {
    let of = |employee: &str| row(("24", 2006), employee, "2006-03", INVESTIGATES, "100");
    vec![
        of("").rejected(&["employee.required"]),
        of("F2").with("Mätmånad", "").rejected(&["matmanad.required"]),
        of("F3").with("Mätmånad", "2007-03").rejected(&["matmanad.period"]),
        of("F4").with("Mätmånad", "2006-13").rejected(&["matmanad.type"]),
        of("F5").with("Mätmånad", "mars 2006").rejected(&["matmanad.type"]),
        of("F6").with("Yrkesgrupp", "Handläggare").rejected(&["yrkesgrupp.code"]),
        of("F7").with("Yrkesgrupp", "..").rejected(&["yrkesgrupp.required"]),
        of("F8").with("Tjänstgöringsgrad", "number 100.01").rejected(&["tjanstgoringsgrad.maximum"]),
        of("F9").with("Tjänstgöringsgrad", "number -1").rejected(&["tjanstgoringsgrad.minimum"]),
        of("F10").with("Tjänstgöringsgrad", "heltid").rejected(&["tjanstgoringsgrad.type"]),
        of("F11").with("Tjänstgöringsgrad", "error #DIV/0!").rejected(&["tjanstgoringsgrad.type"]),
        of("F12").with("Tjänstgöringsgrad", "").rejected(&["tjanstgoringsgrad.required"]),
        of("F13").with("Full kompetens", "Delvis").rejected(&["full_kompetens.type"]),
        of("F14").with("Erfarenhet sedan", "2006-04").rejected(&["PER-001"]),
        of("F15").with("Erfarenhet sedan", "2027-01").rejected(&["PER-001", "erfarenhet_sedan.future"]),
        of("19900403-2380").rejected(&["row.personnummer"]),
        of("F17").rejected(&["key.conflict"]),
        of("F17").with("Tjänstgöringsgrad", "50").rejected(&["key.conflict"]),
        of("F19").with("Mätmånad", "2006-12").skilled("2006-12", "Ja"),
    ]
}

const PARTICULAR: [Slice; 10] = [
    ("01", 2006),
    ("02", 2006),
    ("01", 2007),
    ("06", 2006),
    ("06", 2007),
    ("08", 2006),
    ("08", 2007),
    ("11", 2006),
    ("12", 2006),
    ("12", 2007),
];

/// Three at work of every other district in January, June and December.
fn plain() -> impl Iterator<Item = Row> {
    let plain = slices().filter(|slice| !PARTICULAR.contains(slice) && *slice != ("24", 2006));
    plain.enumerate().flat_map(|(at, slice)| {
        let (code, year) = slice;
        [1, 6, 12].into_iter().flat_map(move |month| {
            let of = |nth: usize, group: &str, degree: &str| {
                let since = format!("{}-0{}", 1990 + (at + 5 * nth) % 16, 1 + at % 9);
                row(slice, &format!("{code}-{nth}"), &format!("{year}-{month:02}"), group, degree)
                    .skilled(&since, if (at + nth).is_multiple_of(3) { "Nej" } else { "Ja" })
            };
            // The second leaves in the summer of 2006, the third changes group in the next.
            let left = year == 2006 && month > 6 || year == 2007 && at % 2 == 0;
            let third = of(3, if year == 2007 && month > 6 { GROUPS[(at + 1) % 4] } else { GROUPS[at % 4] }, "62,5");
            [of(1, INVESTIGATES, "100"), third].into_iter().chain((!left).then(|| of(2, RECEIVES, "75")))
        })
    })
}
