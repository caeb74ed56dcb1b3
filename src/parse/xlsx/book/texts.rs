//! Shared texts: what cells of type `s` refer to by number.
//!
//! In: the part of shared strings, rich or plain. Out: one text per number. How many there are said to be is not asked.

use std::io::{Read, Seek};

use super::{
    broken,
    package::Package,
    too_large,
    xml::{Node, Xml},
};
use crate::error::Result;

/// Most bytes of all texts together.
const MOST_BYTES: usize = 24 << 20;
/// Most texts.
const MOST_TEXTS: usize = 1 << 20;

#[derive(Debug, Default)]
pub(super) struct Texts {
    all: String,
    /// Where each text ends.
    ends: Vec<u32>,
}

impl Texts {
    /// A workbook without that part has no shared texts.
    pub fn read<S: Read + Seek>(package: &mut Package<S>, part: Option<&str>) -> Result<Self> {
        let Some(part) = part else { return Ok(Self::default()) };
        let mut xml = package.part(part)?.ok_or_else(|| broken("the part of shared texts is missing"))?;
        let mut texts = Self::default();
        let mut text = String::new();
        while let Some(node) = xml.next()? {
            if matches!(node, Node::Start(element) if element.local_name().as_ref() == "si") {
                text.clear();
                Xml::rich_text(&mut xml, &mut text)?;
                texts.push(&text)?;
            }
        }
        Ok(texts)
    }

    pub fn get(&self, number: usize) -> Option<&str> {
        let end = *self.ends.get(number)? as usize;
        let start = if number == 0 { 0 } else { *self.ends.get(number - 1)? as usize };
        self.all.get(start..end)
    }

    fn push(&mut self, text: &str) -> Result<()> {
        unescape(text, &mut self.all);
        if self.all.len() > MOST_BYTES || self.ends.len() >= MOST_TEXTS {
            return Err(too_large("shared texts"));
        }
        self.ends.push(u32::try_from(self.all.len()).map_err(|_| too_large("shared texts"))?);
        Ok(())
    }
}

/// Appends a text in which characters that XML cannot hold are written `_x000D_` (ECMA-376, part 1, 22.9.2.19).
pub(super) fn unescape(text: &str, into: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, escape) = rest.split_at(at);
        into.push_str(before);
        if let Some(letter) = escaped(escape) {
            into.push(letter);
            rest = &escape[7..];
        } else {
            into.push_str(&escape[..2]);
            rest = &escape[2..];
        }
    }
    into.push_str(rest);
}

fn escaped(text: &str) -> Option<char> {
    let digits = text.get(2..6).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    let ends = text.as_bytes().get(6) == Some(&b'_');
    ends.then(|| u32::from_str_radix(digits, 16).ok()).flatten().and_then(char::from_u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_characters_are_what_they_stand_for() {
        for (written, meant) in [
            ("Rad 1_x000D_\nRad 2", "Rad 1\r\nRad 2"),
            ("_x005F_x0041_", "_x0041_"),
            ("fil_xyz_1", "fil_xyz_1"),
            ("_x12", "_x12"),
            ("_xåäöå_", "_xåäöå_"),
            ("_xD800_", "_xD800_"),
        ] {
            let mut text = String::new();
            unescape(written, &mut text);
            assert_eq!(text, meant);
        }
    }

    #[test]
    fn texts_are_found_by_number() {
        let mut texts = Texts::default();
        for text in ["a", "", "åä"] {
            texts.push(text).unwrap();
        }
        assert_eq!([0, 1, 2, 3].map(|number| texts.get(number)), [Some("a"), Some(""), Some("åä"), None]);
    }
}
