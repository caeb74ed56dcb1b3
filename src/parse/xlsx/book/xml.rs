//! The XML of one part, element by element.
//!
//! In: its bytes. Out: starts, ends and texts. A document type definition refuses the workbook: no part of a workbook has
//! one, and it is where entities that expand or point outside come from. Nothing is ever looked up.

use std::io::{self, BufRead};

use quick_xml::{
    XmlVersion,
    events::{BytesEnd, BytesRef, BytesStart, Event},
    reader::Reader,
};

use super::{broken, too_large};
use crate::error::{Error, Result};

/// Most bytes of one text. A cell holds 32,767 characters (ECMA-376, and Excel's limits).
const MOST_TEXT: usize = 4 * 32_767;

pub(super) struct Xml<R> {
    reader: Reader<R>,
    buffer: Vec<u8>,
}

/// What stands next in a part. An empty element is a start and an end.
pub(super) enum Node<'a> {
    Start(BytesStart<'a>),
    End(BytesEnd<'a>),
    /// A comment, a declaration, or text between elements.
    Other,
}

impl<R: BufRead> Xml<R> {
    pub fn new(input: R) -> Self {
        let mut reader = Reader::from_reader(input);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new() }
    }

    /// The next node; `None` at the end of the part, whose checksum has been compared then.
    pub fn next(&mut self) -> Result<Option<Node<'_>>> {
        self.buffer.clear();
        Ok(Some(match self.reader.read_event_into(&mut self.buffer).map_err(|error| problem(&error))? {
            Event::Start(element) | Event::Empty(element) => Node::Start(element),
            Event::End(element) => Node::End(element),
            Event::DocType(_) => return Err(broken("a part has a document type definition")),
            Event::Eof => return Ok(None),
            _ => Node::Other,
        }))
    }

    /// Appends the text of the element that has begun, to its end. Elements in it are passed over with what they hold.
    pub fn text(&mut self, into: &mut String) -> Result<()> {
        let mut depth = 0;
        loop {
            self.buffer.clear();
            match self.reader.read_event_into(&mut self.buffer).map_err(|error| problem(&error))? {
                Event::Start(_) | Event::Empty(_) => depth += 1,
                Event::End(_) if depth == 0 => return Ok(()),
                Event::End(_) => depth -= 1,
                Event::Text(text) if depth == 0 => into.push_str(&text.xml10_content()),
                Event::CData(text) if depth == 0 => into.push_str(&text.xml10_content()),
                Event::GeneralRef(reference) if depth == 0 => into.push(character(&reference)?),
                Event::DocType(_) => return Err(broken("a part has a document type definition")),
                Event::Eof => return Err(broken("a part is cut off")),
                _ => {}
            }
            if into.len() > MOST_TEXT {
                return Err(too_large("a cell's text"));
            }
        }
    }

    /// Passes over the element that has begun.
    pub fn skip(&mut self) -> Result<()> {
        let mut depth = 0;
        loop {
            match self.next()? {
                Some(Node::Start(_)) => depth += 1,
                Some(Node::End(_)) if depth == 0 => return Ok(()),
                Some(Node::End(_)) => depth -= 1,
                Some(Node::Other) => {}
                None => return Err(broken("a part is cut off")),
            }
        }
    }

    /// Appends the texts (`t`) of a string item that has begun, to its end. Phonetic readings are no part of the text.
    pub fn rich_text(&mut self, into: &mut String) -> Result<()> {
        let mut depth = 0;
        loop {
            let (is_text, is_phonetic) = match self.next()? {
                Some(Node::Start(element)) => {
                    let name = element.local_name();
                    (name.as_ref() == "t", name.as_ref() == "rPh")
                }
                Some(Node::End(_)) if depth == 0 => return Ok(()),
                Some(Node::End(_)) => {
                    depth -= 1;
                    continue;
                }
                Some(Node::Other) => continue,
                None => return Err(broken("a part is cut off")),
            };
            match (is_text, is_phonetic) {
                (true, _) => self.text(into)?,
                (_, true) => self.skip()?,
                _ => depth += 1,
            }
        }
    }
}

/// The attribute of that name, whatever its prefix, as it is meant.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>> {
    let [value] = attributes(element, [name])?;
    Ok(value)
}

/// The attributes of those names, in one pass.
pub(super) fn attributes<const N: usize>(element: &BytesStart<'_>, names: [&str; N]) -> Result<[Option<String>; N]> {
    let mut values = [const { None }; N];
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|_| broken("an attribute cannot be read"))?;
        let key = attribute.key.local_name();
        if let Some(place) = names.iter().position(|name| key.as_ref() == *name) {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            values[place] = Some(value.map_err(|_| broken("an attribute cannot be read"))?.into_owned());
        }
    }
    Ok(values)
}

/// `1` or `true`, as XML Schema writes it.
pub(super) fn is_true(value: &str) -> bool {
    matches!(value.trim(), "1" | "true")
}

/// One of the five entities that XML has by itself, or a character by its number.
fn character(reference: &BytesRef<'_>) -> Result<char> {
    let by_number = reference.resolve_char_ref().map_err(|_| broken("a character reference names none"))?;
    by_number
        .or(match &**reference {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => None,
        })
        .ok_or_else(|| broken("an entity is not known"))
}

fn problem(error: &quick_xml::Error) -> Error {
    match error {
        quick_xml::Error::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            too_large("bytes after inflating")
        }
        quick_xml::Error::Io(_) => broken("a part is cut off, or differs from its checksum"),
        _ => broken("a part is not well formed"),
    }
}
