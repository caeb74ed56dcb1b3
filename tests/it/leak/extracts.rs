//! Faulty files, and the numbers and ids that stand in them.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::place::Extract;

/// Every year is another faulty file; whatever spills, spills.
pub const CONFIG: &str = "
[run]
spill_bytes = 1
batch_rows = 4
[coverage]
utredningar = \"none\"
insatser = \"none\"
personal = \"none\"
anmalningar = \"2006..2016\"
befolkning = \"2006..2008\"
ekonomi = \"2006..2009\"
granskning = \"2021..2022\"
";

const HEADER: &str = "Anmälan-id;Personnummer;Ofött barn;Kön;Skyddad identitet;Inkom;Typ;Anmälare;Orsak;Skyddsbedömning;Beslut;\
                      Beslutsdatum;Lagrum;Utredning-id;Stadsdel";

/// Hands out numbers and ids, and remembers what each of them is for.
#[derive(Default)]
pub struct Secrets {
    /// Where it stands, by number (twelve digits) or id.
    places: BTreeMap<String, String>,
}

impl Secrets {
    /// A made-up child's number with a right check digit.
    pub fn number(&mut self, place: &str) -> String {
        let serial = self.places.len();
        let nine =
            format!("{:02}{:02}{:02}{:03}", serial % 6, serial % 12 + 1, serial % 28 + 1, 100 + 7 * serial % 890);
        let sum: u32 = nine
            .bytes()
            .enumerate()
            .map(|(at, byte)| u32::from(byte - b'0') * if at % 2 == 0 { 2 } else { 1 })
            .map(|product| product / 10 + product % 10)
            .sum();
        let number = format!("20{nine}{}", (10 - sum % 10) % 10);
        assert!(self.places.insert(number.clone(), place.to_owned()).is_none());
        number
    }

    fn dashed(&mut self, place: &str) -> String {
        let number = self.number(place);
        format!("{}-{}", &number[..8], &number[8..])
    }

    fn ten(&mut self, place: &str) -> String {
        let number = self.number(place);
        format!("{}-{}", &number[2..8], &number[8..])
    }

    /// A number that no check digit holds, as typing errors make them.
    fn mistyped(&mut self, place: &str) -> String {
        let number = self.number(place);
        let last = (number.as_bytes()[11] - b'0' + 1) % 10;
        let mistyped = format!("{}{last}", &number[..11]);
        self.places.insert(mistyped.clone(), format!("mistyped {place}"));
        format!("{}-{}", &mistyped[..8], &mistyped[8..])
    }

    pub fn id(&mut self, place: &str) -> String {
        let id = format!("DNR-{:05}-hemlig", 7919 * (self.places.len() + 1) % 100_000);
        self.places.insert(id.clone(), place.to_owned());
        id
    }

    /// All forms in which an identity would be known again.
    pub fn forms(&self) -> BTreeMap<Vec<u8>, &str> {
        let mut forms = BTreeMap::new();
        for (secret, place) in &self.places {
            let mut add = |form: String| {
                forms.insert(form.into_bytes(), place.as_str());
            };
            if secret.starts_with("DNR") {
                add(secret.clone());
                continue;
            }
            let (born, last) = secret.split_at(8);
            for form in [
                secret.clone(),
                format!("{born}-{last}"),
                format!("{}{last}", &born[2..]),
                format!("{}-{last}", &born[2..]),
            ] {
                add(form);
            }
        }
        forms
    }

    /// Rows of a year: a plain one, and for each column one that holds a number which does not belong there.
    fn rows(&mut self, year: i32, wrong: &[usize]) -> String {
        let mut csv = String::new();
        for column in [None].into_iter().chain(wrong.iter().copied().map(Some)) {
            let place = format!("anmalningar {year}, column {column:?}");
            let mut cells = [
                self.id(&place),
                self.number(&place),
                String::new(),
                String::new(),
                "Nej".to_owned(),
                format!("{year}-05-02"),
                "Anmälan".to_owned(),
                "Skola".to_owned(),
                "VINR".to_owned(),
                format!("{year}-05-02"),
                "Utredning inleds".to_owned(),
                format!("{year}-05-03"),
                "11:1".to_owned(),
                self.id(&place),
                "24".to_owned(),
            ];
            if let Some(column) = column {
                cells[column] = match column {
                    1 => self.mistyped(&place),
                    8 => format!("VINR|{}", self.number(&place)),
                    10 => format!("\"gäller\n{} och syskon\"", self.ten(&place)),
                    12 => self.ten(&place).replace('-', ""),
                    column if column % 2 == 0 => self.number(&place),
                    _ => self.dashed(&place),
                };
            }
            writeln!(csv, "{}", cells.join(";")).expect("text");
        }
        csv
    }
}

/// Files of Anmälningar, a fault of its own in each year.
pub fn intakes(secrets: &mut Secrets) -> Vec<Extract> {
    let every: Vec<usize> = (0..14).collect();
    let header = format!("{HEADER}\n");
    let file = |name, text: String| (name, text);
    vec![
        file("24/anmalningar_2006.csv", header.clone() + &secrets.rows(2006, &every)),
        // Names of columns that are no names.
        file(
            "24/anmalningar_2007.csv",
            format!("{HEADER};{}\n{}", secrets.dashed("header"), secrets.rows(2007, &[]).replace(";24\n", ";24;\n")),
        ),
        file("24/anmalningar_2008.csv", secrets.rows(2008, &[])),
        file("24/anmalningar_2009.csv", header.clone() + &secrets.rows(2009, &[]) + "Ã¥Ã¤" + &secrets.rows(2009, &[8])),
        file("24/anmalningar_2010.csv", header.clone() + &secrets.rows(2010, &[14])),
        file("24/anmalningar_2011.csv", header.clone() + &secrets.rows(2011, &[]) + "\"" + &secrets.rows(2011, &[])),
        file("24/anmalningar_2012.csv", header.clone() + &secrets.rows(2012, &[]) + "\0" + &secrets.rows(2012, &[])),
        file("24/anmalningar_2013.csv", header.clone() + &secrets.rows(2013, &[1; 25])),
        file(
            "24/anmalningar_2014.csv",
            header.clone() + &secrets.rows(2014, &[]).replace(";24\n", &format!(";24;{}\n", secrets.number("ragged"))),
        ),
        file(
            "24/anmalningar_2015.csv",
            header.replace("Typ", &secrets.number("missing column")) + &secrets.rows(2015, &[]),
        ),
        file("24/anmalningar_2015.csv.sha256", secrets.number("side file")),
        file(
            "24/anmalningar_2016.csv",
            header + &secrets.rows(2016, &[]).replace("VINR", &(secrets.number("long text") + &"x".repeat(5000))),
        ),
    ]
}

pub fn ledgers(secrets: &mut Secrets) -> Vec<Extract> {
    let mut sie = |year: i32, more: &str| {
        let mut name = || format!("\"{}\"", secrets.dashed(&format!("SIE {year}")));
        format!(
            "#FLAGGA 0\n#FORMAT PC8\n#GEN 20070101 {}\n#FNAMN {}\n#PROSA {}\n#SIETYP 4\n#RAR 0 {year}0101 {year}1231\n#DIM 20 {}\n\
             #OBJEKT 20 \"410\" {}\n#KONTO 5010 {}\n#PSALDO 0 {year}01 5010 {{20 \"410\"}} 50.00\n\
             #PSALDO 0 {year}01 5010 {{20 {}}} 70.00\n#PSALDO 0 {year}01 {} {{20 \"410\"}} 10.00\n\
             #VER A 1 {year}0102 {}\n{{\n#TRANS 5010 {{20 \"410\"}} 50.00 {year}0102 {}\n#TRANS 1910 {{}} -50.00 {year}0102 {} 1 {}\n{more}}}\n",
            name(),
            name(),
            name(),
            name(),
            name(),
            name(),
            name(),
            name(),
            name(),
            name(),
            name(),
            name(),
        )
    };
    vec![
        ("24/ekonomi_2006.se", sie(2006, "")),
        ("24/ekonomi_2007.se", sie(2007, "#TRANS 5010 {} 1.00\n")),
        ("24/ekonomi_2008.se", sie(2008, "").replace("#PSALDO", "#RES 0 5010 1.00\n#PSALDO")),
        ("24/ekonomi_2009.se", sie(2009, "").replace("PC8", &secrets.number("format"))),
    ]
}

pub fn central(secrets: &mut Secrets) -> Vec<Extract> {
    let mut cube = |year: i32, region: String, value: String| {
        format!(
            r#"{{"class": "dataset", "label": "{}", "source": "{}", "id": ["Region", "Ålder", "Kön", "År"], "size": [2, 1, 1, 1],
            "role": {{"time": ["År"]}}, "dimension": {{
            "Region": {{"label": "{}", "category": {{"index": ["24", "{region}"], "label": {{"24": "{}"}}}}}},
            "Ålder": {{"category": {{"index": ["7"]}}}}, "Kön": {{"category": {{"index": ["1"]}}}},
            "År": {{"category": {{"index": ["{year}"]}}}}}}, "value": [5, {value}], "status": {{"1": "{}"}}, "extension": {{"x": "{}"}}}}"#,
            secrets.dashed("cube"),
            secrets.number("cube"),
            secrets.ten("cube"),
            secrets.number("cube"),
            secrets.number("cube"),
            secrets.number("cube"),
        )
    };
    let (first, second) =
        (cube(2006, "20".to_owned(), "null".to_owned()), cube(2007, "18".to_owned(), "\"x\"".to_owned()));
    let third = cube(2008, "15".to_owned(), "6".to_owned());
    let (region, value, broken) =
        (secrets.number("region"), secrets.dashed("value"), format!("{{ {}", secrets.dashed("broken JSON")));
    let review = "table_id;table_title;category;district;count;n\n";
    let mut rows = String::from(review);
    for column in 0..6 {
        let mut cells: [String; 6] = ["T01", "Kön", "Flicka", "Skärholmen", "3", "9"].map(str::to_owned);
        cells[column] =
            if column == 1 { format!("om {} igen", secrets.dashed("title")) } else { secrets.number("review") };
        writeln!(rows, "{}", cells.join(";")).expect("text");
    }
    vec![
        ("stad/befolkning_2006.json", first.replace("\"20\"", &format!("\"{region}\""))),
        ("stad/befolkning_2007.json", second.replace("\"x\"", &format!("\"{value}\""))),
        ("stad/befolkning_2008.json", third + &broken),
        ("stad/granskning_2021.csv", rows),
        ("stad/granskning_2022.csv", format!("{review}T01;\"{}\n", secrets.number("unclosed"))),
    ]
}
