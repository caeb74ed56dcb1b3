//! Number formats: which of a workbook's cell styles show a date, a percentage or leading zeros.
//!
//! In: the part of styles. Out: a [`Look`] per style, by its place. Codes of the built-in formats are those of ECMA-376
//! (part 1, 18.8.30).

use std::{
    collections::HashMap,
    io::{Read, Seek},
};

use super::{
    broken,
    package::Package,
    too_large,
    xml::{Node, attribute},
};
use crate::{error::Result, parse::xlsx::value::Look};

/// Excel's own limit on styles (65,490), rounded up.
const MOST_STYLES: usize = 1 << 16;

#[derive(Debug, Default)]
pub(super) struct Looks(Option<Vec<Look>>);

impl Looks {
    /// A workbook without that part shows numbers only.
    pub fn read<S: Read + Seek>(package: &mut Package<S>, part: Option<&str>) -> Result<Self> {
        let Some(part) = part else { return Ok(Self::default()) };
        let mut xml = package.part(part)?.ok_or_else(|| broken("the part of styles is missing"))?;
        let mut own = HashMap::new();
        let mut looks = Vec::new();
        let mut in_cell_styles = false;
        while let Some(node) = xml.next()? {
            match node {
                Node::Start(element) => match element.local_name().as_ref() {
                    "numFmt" => {
                        let id = number(attribute(&element, "numFmtId")?);
                        let code = attribute(&element, "formatCode")?;
                        own.extend(id.zip(code).map(|(id, code)| (id, look_of(&code))));
                    }
                    "cellXfs" => in_cell_styles = true,
                    "xf" if in_cell_styles => {
                        let id = number(attribute(&element, "numFmtId")?).unwrap_or(0);
                        looks.push(own.get(&id).copied().unwrap_or_else(|| built_in(id)));
                    }
                    _ => {}
                },
                Node::End(element) if element.local_name().as_ref() == "cellXfs" => in_cell_styles = false,
                _ => {}
            }
            if own.len() > MOST_STYLES || looks.len() > MOST_STYLES {
                return Err(too_large("styles"));
            }
        }
        Ok(Self(Some(looks)))
    }

    /// The look of the style at that place; the first where the cell names none.
    pub fn of(&self, style: Option<usize>) -> Result<Look> {
        match (&self.0, style) {
            (None, _) => Ok(Look::Plain),
            (Some(looks), None) => Ok(looks.first().copied().unwrap_or(Look::Plain)),
            (Some(looks), Some(style)) => {
                looks.get(style).copied().ok_or_else(|| broken("a cell has a style that does not exist"))
            }
        }
    }
}

fn number(text: Option<String>) -> Option<u32> {
    text?.trim().parse().ok()
}

fn built_in(id: u32) -> Look {
    match id {
        9 | 10 => Look::Percent,
        14..=22 | 27..=36 | 45..=47 | 50..=58 => Look::Date,
        _ => Look::Plain,
    }
}

/// By the first section of the code, which is that of positive numbers.
fn look_of(code: &str) -> Look {
    let shown = placeholders(code);
    let zeros = shown.chars().all(|c| c == '0');
    if let Some(digits) = u8::try_from(shown.len()).ok().filter(|digits| zeros && *digits > 0) {
        Look::Zeros(digits)
    } else if shown.contains(['y', 'm', 'd', 'h', 's', 'Y', 'M', 'D', 'H', 'S']) && !shown.starts_with("General") {
        Look::Date
    } else if shown.contains('%') {
        Look::Percent
    } else {
        Look::Plain
    }
}

/// What stands in the first section for something else than itself: without quoted and escaped text, padding, colours,
/// conditions and locales.
fn placeholders(code: &str) -> String {
    let mut shown = String::new();
    let mut letters = code.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ';' => break,
            '"' => drop(letters.by_ref().find(|c| *c == '"')),
            '\\' | '_' | '*' => drop(letters.next()),
            '[' => {
                let inside: String = letters.by_ref().take_while(|c| *c != ']').collect();
                // Elapsed hours, minutes or seconds.
                if matches!(inside.to_ascii_lowercase().trim_start_matches(['h', 'm', 's']), "") && !inside.is_empty() {
                    shown.push_str(&inside);
                }
            }
            _ => shown.push(letter),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_show_dates_percentages_and_leading_zeros() {
        for (code, look) in [
            ("yyyy\\-mm\\-dd", Look::Date),
            ("YYYY-MM-DD", Look::Date),
            ("[$-41D]mmm yyyy;@", Look::Date),
            ("[h]:mm", Look::Date),
            ("yyyy/mm/dd\\ hh:mm", Look::Date),
            ("0%", Look::Percent),
            ("0.0\" \"%", Look::Percent),
            ("000000", Look::Zeros(6)),
            ("0", Look::Zeros(1)),
            ("General", Look::Plain),
            ("GENERAL", Look::Plain),
            ("#,##0.00", Look::Plain),
            ("[Red]0.00", Look::Plain),
            ("0.00\" dagar\"", Look::Plain),
            ("#,##0 \\d\\a\\g", Look::Plain),
            ("0.00E+00", Look::Plain),
            ("@", Look::Plain),
            ("", Look::Plain),
        ] {
            assert_eq!(look_of(code), look, "{code}");
        }
        assert_eq!(
            (built_in(14), built_in(9), built_in(2), built_in(0)),
            (Look::Date, Look::Percent, Look::Plain, Look::Plain)
        );
    }
}
