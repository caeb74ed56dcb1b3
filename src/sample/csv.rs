//! How an office writes its CSV: encoding, line ends, order of columns, form of the number. All legal by the contract.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use unicode_normalization::UnicodeNormalization;

use super::{dice::Dice, offices::Office, table::Row};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf8Bom,
    Windows1252,
}

/// Columns whose codes some office writes in small letters.
const CODES: [&str; 6] = ["Typ", "Anmälare", "Beslut", "Resultat", "Insatskategori", "Avtalsform"];

/// The hand of one office in one dataset; it does not change from year to year.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "habits that are independent of each other")]
pub(super) struct Style {
    encoding: Encoding,
    newline: &'static str,
    separator: char,
    headers: &'static [&'static str],
    order: Vec<usize>,
    number_form: usize,
    quotes_all: bool,
    lower_case_codes: bool,
    decomposed_headers: bool,
    /// A column that the contract does not know, with quoted separators, quotes and line breaks.
    notes: bool,
}

const NOTES: [&str; 4] = ["", "Påhittad anteckning", "Två rader;\npåhittade", "Sa \"ring igen\", påhittat"];

impl Style {
    /// How the office writes a dataset with these columns.
    pub fn of(office: &Office, headers: &'static [&'static str], seed: u64) -> Self {
        let number = office.number;
        let mut order: Vec<usize> = (0..headers.len()).collect();
        if !number.is_multiple_of(4) {
            Dice::new(seed, &format!("columns of {number} from {}", headers[0])).shuffle(&mut order);
        }
        let encoding = [Encoding::Utf8, Encoding::Windows1252, Encoding::Utf8Bom][number % 3];
        Self {
            encoding,
            newline: if (number / 3).is_multiple_of(2) { "\r\n" } else { "\n" },
            separator: office.separator,
            headers,
            order,
            number_form: number % 4,
            quotes_all: number % 5 == 4,
            lower_case_codes: number % 6 == 5,
            decomposed_headers: number % 7 == 6 && encoding != Encoding::Windows1252,
            notes: number % 8 == 3,
        }
    }

    /// The columns of the contract, in its order.
    pub fn headers(&self) -> &'static [&'static str] {
        self.headers
    }

    pub fn header(&self) -> Vec<String> {
        let mut header: Vec<String> = self.order.iter().map(|&column| self.headers[column].to_owned()).collect();
        if self.decomposed_headers {
            for cell in &mut header {
                *cell = format!("{} ", cell.nfd().collect::<String>());
            }
        }
        header.extend(self.notes.then(|| "Anteckning".to_owned()));
        header
    }

    /// The cells of a row as this office writes them.
    pub fn record(&self, number: usize, row: &Row) -> Vec<String> {
        let mut record: Vec<String> =
            self.order.iter().map(|&column| self.cell(number, column, &row.cells[column])).collect();
        record.extend(self.notes.then(|| NOTES[number % NOTES.len()].to_owned()));
        record
    }

    fn cell(&self, number: usize, column: usize, cell: &str) -> String {
        match self.headers[column] {
            "Personnummer" if cell.len() == 12 => self.personal_number(number, cell),
            header if self.lower_case_codes && CODES.contains(&header) => format!(" {} ", cell.to_lowercase()),
            _ => cell.to_owned(),
        }
    }

    fn personal_number(&self, number: usize, digits: &str) -> String {
        let form = if self.number_form == 3 { number % 3 } else { self.number_form };
        match form {
            0 => format!("{}-{}", &digits[..8], &digits[8..]),
            1 => digits.to_owned(),
            _ => format!("{}-{}", &digits[2..8], &digits[8..]),
        }
    }

    /// One line of the file.
    pub fn line(&self, cells: &[String]) -> String {
        let cells: Vec<Cow<'_, str>> = cells.iter().map(|cell| self.quoted(cell)).collect();
        cells.join(self.separator.encode_utf8(&mut [0; 4])) + self.newline
    }

    fn quoted<'a>(&self, cell: &'a str) -> Cow<'a, str> {
        if self.quotes_all || cell.contains([self.separator, '"', '\n', '\r']) {
            Cow::Owned(format!("\"{}\"", cell.replace('"', "\"\"")))
        } else {
            Cow::Borrowed(cell)
        }
    }

    /// The bytes of the whole text.
    pub fn encode(&self, text: &str) -> Vec<u8> {
        match self.encoding {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Utf8Bom => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
            Encoding::Windows1252 => WINDOWS_1252.encode(text).0.into_owned(),
        }
    }
}
