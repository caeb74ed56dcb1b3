//! SIE 4 as text: rows, quoting, amounts, `#KSUMMA`, encodings.

use std::fmt::{Display, Write as _};

use encoding_rs::WINDOWS_1252;
use oem_cp::{code_table::ENCODING_TABLE_CP437, encode_string_lossy};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SieEncoding {
    Cp437,
    Utf8,
    Windows1252,
}

/// One field of a row.
pub(super) enum Field {
    Bare(String),
    Quoted(&'static str),
    Named(String),
    Objects(Vec<(u32, String)>),
}

/// A SIE file in the making.
pub(super) struct SieText {
    text: String,
    /// Tags and fields as the checksum counts them.
    summed: String,
    newline: &'static str,
    encoding: SieEncoding,
}

pub(super) fn bare(value: impl Display) -> Field {
    Field::Bare(value.to_string())
}

/// SEK with a decimal point.
pub(super) fn amount(ore: i128) -> Field {
    Field::Bare(crate::model::Ore(ore).to_string())
}

impl SieText {
    pub fn new(encoding: SieEncoding, newline: &'static str) -> Self {
        Self { text: String::new(), summed: String::new(), newline, encoding }
    }

    pub fn row(&mut self, tag: &str, fields: &[Field]) {
        self.text.push_str(tag);
        self.summed.push_str(tag);
        for field in fields {
            self.text.push(' ');
            self.field(field);
        }
        self.text.push_str(self.newline);
    }

    fn field(&mut self, field: &Field) {
        // Writing to a String cannot fail.
        match field {
            Field::Bare(text) => {
                self.text.push_str(text);
                self.summed.push_str(text);
            }
            Field::Quoted(text) => self.quoted(text),
            Field::Named(text) => self.quoted(text),
            Field::Objects(objects) => {
                let pairs: Vec<String> =
                    objects.iter().map(|(dimension, object)| format!("{dimension} \"{object}\"")).collect();
                let _ = write!(self.text, "{{{}}}", pairs.join(" "));
                for (dimension, object) in objects {
                    let _ = write!(self.summed, "{dimension}{object}");
                }
            }
        }
    }

    fn quoted(&mut self, text: &str) {
        let _ = write!(self.text, "\"{}\"", text.replace('"', "\\\""));
        self.summed.push_str(text);
    }

    /// A line of its own, such as the braces of a voucher.
    pub fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push_str(self.newline);
    }

    /// Opens the checksum: what was written before does not count.
    pub fn open_checksum(&mut self) {
        self.row("#KSUMMA", &[]);
        self.summed.clear();
    }

    /// Closes it, off by one where it shall be wrong.
    pub fn close_checksum(&mut self, wrong: bool) {
        let sum = crc32fast::hash(&encode(&self.summed, self.encoding));
        self.row("#KSUMMA", &[bare(if wrong { sum ^ 1 } else { sum })]);
    }

    pub fn into_bytes(self) -> Vec<u8> {
        encode(&self.text, self.encoding)
    }
}

fn encode(text: &str, encoding: SieEncoding) -> Vec<u8> {
    match encoding {
        SieEncoding::Cp437 => encode_string_lossy(text, &ENCODING_TABLE_CP437),
        SieEncoding::Utf8 => text.as_bytes().to_vec(),
        SieEncoding::Windows1252 => WINDOWS_1252.encode(text).0.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_counts_fields_without_blanks_quotes_and_braces() {
        let mut sie = SieText::new(SieEncoding::Cp437, "\r\n");
        sie.row("#FLAGGA", &[bare(0)]);
        sie.open_checksum();
        sie.row("#FNAMN", &[Field::Named("Ö \"x\"".to_owned())]);
        sie.row("#PSALDO", &[bare(0), Field::Objects(vec![(1, "A".to_owned()), (20, "410".to_owned())]), amount(-105)]);
        sie.close_checksum(false);
        let sum = crc32fast::hash(b"#FNAMN\x99 \"x\"#PSALDO01A20410-1.05");
        let expected = [
            &b"#FLAGGA 0\r\n#KSUMMA\r\n#FNAMN \"\x99 \\\"x\\\"\"\r\n#PSALDO 0 {1 \"A\" 20 \"410\"} -1.05\r\n"[..],
            format!("#KSUMMA {sum}\r\n").as_bytes(),
        ]
        .concat();
        assert_eq!(sie.into_bytes(), expected);
    }
}
