//! The rows of one sheet, one at a time, as its part gives them.
//!
//! In: the part's XML. Out: rows with their cells from left to right; blank cells and the dimension are passed over. A row or a
//! cell that stands twice or before an earlier one refuses the workbook, as Excel does: which of two holds is anyone's guess.

use std::io::{Read, Seek};

use quick_xml::events::BytesStart;

use super::{
    PartXml, broken,
    looks::Looks,
    texts::{Texts, unescape},
    too_large,
    xml::{Node, attribute, attributes, is_true},
};
use crate::{
    error::{Error, Result},
    parse::xlsx::{
        frame::{MOST_BYTES, RowBytes},
        value::{Flaw, Look, Value},
    },
};

/// The last row and the last column (`XFD`, from 0) a sheet can have.
const LAST_ROW: u32 = 1_048_576;
const LAST_COLUMN: u16 = 16_383;

pub(in crate::parse::xlsx) struct Sheet<'b, S: Read> {
    xml: PartXml<'b, S>,
    texts: &'b Texts,
    looks: &'b Looks,
    row: RowBytes,
    number: u32,
    hidden_columns: Vec<(u16, u16)>,
    /// Ranges of merged cells that reach below the heading.
    merged: u32,
    /// Last row of the heading.
    heading_ends: u32,
    text: String,
    unescaped: String,
}

/// What a cell's element says before its value.
struct Head {
    column: u16,
    kind: String,
    look: Look,
}

/// What stands in a cell's element.
#[derive(Default)]
struct Inside {
    has_formula: bool,
    has_value: bool,
}

impl<'b, S: Read + Seek> Sheet<'b, S> {
    pub(super) fn new(xml: PartXml<'b, S>, texts: &'b Texts, looks: &'b Looks, row: RowBytes) -> Self {
        let (text, unescaped) = (String::new(), String::new());
        Self {
            xml,
            texts,
            looks,
            row,
            number: 0,
            hidden_columns: Vec::new(),
            merged: 0,
            heading_ends: 0,
            text,
            unescaped,
        }
    }

    /// The next row; `None` when the part has been read to its end.
    pub fn next_row(&mut self) -> Result<Option<&RowBytes>> {
        while let Some(node) = self.xml.next()? {
            let Node::Start(element) = node else { continue };
            match element.local_name().as_ref() {
                "row" => {
                    let [number, hidden] = attributes(&element, ["r", "hidden"])?;
                    let hidden = hidden.is_some_and(|hidden| is_true(&hidden));
                    self.number = row_number(number, self.number)?;
                    self.row.begin(self.number, hidden);
                    self.cells()?;
                    return Ok(Some(&self.row));
                }
                "col" if attribute(&element, "hidden")?.is_some_and(|hidden| is_true(&hidden)) => {
                    let bound = |text: Option<String>| text?.trim().parse::<u16>().ok()?.checked_sub(1);
                    let from = bound(attribute(&element, "min")?);
                    let to = bound(attribute(&element, "max")?);
                    self.hidden_columns.extend(from.zip(to));
                    if self.hidden_columns.len() > usize::from(LAST_COLUMN) {
                        return Err(too_large("hidden columns"));
                    }
                }
                "mergeCell" => {
                    let range = attribute(&element, "ref")?.unwrap_or_default();
                    let last = cell_reference(range.rsplit(':').next().unwrap_or_default());
                    self.merged += u32::from(last.is_some_and(|(_, row)| row > self.heading_ends));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// Columns hidden, from and to; known with the first row.
    pub fn hidden_columns(&self) -> &[(u16, u16)] {
        &self.hidden_columns
    }

    pub fn set_heading_end(&mut self, row: u32) {
        self.heading_ends = row;
    }

    /// Ranges of merged cells below the heading; known after the last row.
    pub fn merged(&self) -> u32 {
        self.merged
    }

    /// The cells of the row that has begun.
    fn cells(&mut self) -> Result<()> {
        let mut next_column = 0;
        loop {
            let head = match self.xml.next()? {
                Some(Node::Start(element)) if element.local_name().as_ref() == "c" => {
                    Some(head(&element, self.number, next_column, self.looks)?)
                }
                Some(Node::Start(_)) => None,
                Some(Node::End(_)) => return Ok(()),
                Some(Node::Other) => continue,
                None => return Err(broken("a part is cut off")),
            };
            match head {
                Some(head) => {
                    next_column = head.column + 1;
                    self.cell(&head)?;
                }
                None => self.xml.skip()?,
            }
            if self.row.bytes().len() > MOST_BYTES {
                return Err(too_large("a row"));
            }
        }
    }

    /// Reads the cell that has begun to its end.
    fn cell(&mut self, head: &Head) -> Result<()> {
        let inside = self.inside()?;
        let text = self.text.trim();
        let no_result = Value::Flaw(Flaw::NoResult);
        let value = match (head.kind.as_str(), inside.has_formula) {
            // The result of a formula may be an empty text.
            ("str", true) if !inside.has_value => no_result,
            ("str" | "inlineStr", _) => {
                self.unescaped.clear();
                unescape(&self.text, &mut self.unescaped);
                text_value(&self.unescaped)
            }
            (_, true) if text.is_empty() => no_result,
            (_, false) if text.is_empty() => return Ok(()),
            ("s", _) => {
                let shared = text.parse().ok().and_then(|number| self.texts.get(number));
                text_value(shared.ok_or_else(|| broken("a cell refers to a shared text that does not exist"))?)
            }
            ("n", _) => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Value::Number(number, head.look),
                _ => Value::Flaw(Flaw::Unreadable),
            },
            ("b", _) => match text {
                "1" | "true" => Value::Boolean(true),
                "0" | "false" => Value::Boolean(false),
                _ => Value::Flaw(Flaw::Unreadable),
            },
            ("e", _) => Value::Flaw(Flaw::error(text)),
            ("d", _) => Value::IsoDate(text),
            _ => Value::Flaw(Flaw::Unreadable),
        };
        if !value.is_blank() {
            self.row.cell(head.column, value);
        }
        Ok(())
    }

    /// Reads what the cell holds into `self.text`.
    fn inside(&mut self) -> Result<Inside> {
        self.text.clear();
        let mut inside = Inside::default();
        loop {
            let part = match self.xml.next()? {
                Some(Node::Start(element)) => match element.local_name().as_ref() {
                    "v" => 'v',
                    "is" => 'i',
                    "f" => 'f',
                    _ => ' ',
                },
                Some(Node::End(_)) => return Ok(inside),
                Some(Node::Other) => continue,
                None => return Err(broken("a part is cut off")),
            };
            match part {
                'v' => {
                    inside.has_value = true;
                    self.xml.text(&mut self.text)?;
                }
                'i' => self.xml.rich_text(&mut self.text)?,
                'f' => {
                    inside.has_formula = true;
                    self.xml.skip()?;
                }
                _ => self.xml.skip()?,
            }
        }
    }
}

/// Text with NUL is no text.
fn text_value(text: &str) -> Value<'_> {
    if text.contains('\0') { Value::Flaw(Flaw::Unreadable) } else { Value::Text(text) }
}

/// Without a number a row is the next.
fn row_number(written: Option<String>, before: u32) -> Result<u32> {
    let number = match written {
        Some(text) => text.trim().parse().ok(),
        None => before.checked_add(1),
    };
    let number = number.filter(|number| (1..=LAST_ROW).contains(number));
    let number = number.ok_or_else(|| broken("a row lies outside any sheet"))?;
    if number > before { Ok(number) } else { Err(broken("rows stand twice, or out of order").at(place(number))) }
}

fn head(element: &BytesStart<'_>, row: u32, next: u16, looks: &Looks) -> Result<Head> {
    let [reference, style, kind] = attributes(element, ["r", "s", "t"])?;
    let column = match reference {
        Some(reference) => {
            let (column, of_row) =
                cell_reference(&reference).ok_or_else(|| broken("a cell lies outside any sheet").at(place(row)))?;
            if of_row != row || column < next {
                return Err(broken("cells stand twice, out of order or in another's row").at(place(row)));
            }
            column
        }
        None if next <= LAST_COLUMN => next,
        None => return Err(broken("a cell lies outside any sheet").at(place(row))),
    };
    let style = style.map(|style| style.trim().parse());
    let style = style.transpose().map_err(|_| broken("a cell has a style that does not exist").at(place(row)))?;
    let kind = kind.unwrap_or_else(|| "n".to_owned());
    Ok(Head { column, kind, look: looks.of(style).map_err(|error: Error| error.at(place(row)))? })
}

fn place(row: u32) -> String {
    format!("row {row}")
}

/// `B7` is column 1 (from 0) of row 7.
fn cell_reference(reference: &str) -> Option<(u16, u32)> {
    let letters = reference.bytes().take_while(u8::is_ascii_uppercase).count();
    let (column, row) = reference.split_at(letters);
    if !(1..=3).contains(&letters) || !row.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let column = column.bytes().fold(0, |column, letter| column * 26 + u16::from(letter - b'A') + 1) - 1;
    (column <= LAST_COLUMN).then_some((column, row.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_name_column_and_row() {
        assert_eq!(cell_reference("A1"), Some((0, 1)));
        assert_eq!(cell_reference("AA10"), Some((26, 10)));
        assert_eq!(cell_reference("XFD1048576"), Some((LAST_COLUMN, LAST_ROW)));
        for text in ["XFE1", "ZZZZ1", "A", "1", "", "a1", "A-1", "$A$1", "A1:B2", "A99999999999"] {
            assert_eq!(cell_reference(text), None, "{text}");
        }
    }

    #[test]
    fn rows_without_a_number_follow_and_none_stands_twice() {
        assert_eq!(row_number(None, 4).unwrap(), 5);
        assert_eq!(row_number(Some("9".into()), 4).unwrap(), 9);
        for (written, before) in [("4", 4), ("3", 4), ("0", 0), ("1048577", 4), ("x", 4)] {
            assert!(row_number(Some(written.into()), before).is_err(), "{written} after {before}");
        }
    }
}
