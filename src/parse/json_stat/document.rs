//! The bytes of a JSON-stat response → its members as they stand, with the line of every value.
//!
//! In: a reader. Out: a [`Document`], not yet checked against itself (`cube` does that). Members that say nothing of the cells
//! (labels, notes, links, extensions) are skipped. The number of values kept is bounded; a library's message is never shown.

use std::{
    cell::Cell,
    collections::BTreeMap,
    fmt,
    io::{self, BufRead, Read},
    rc::Rc,
};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::{Error, Result, error::codes::parse as codes};

/// Most cells of one response: a hundred years of single ages for every district are a tenth of it.
pub(super) const MAX_CELLS: usize = 4_000_000;

#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) class: Option<String>,
    pub(super) id: Vec<String>,
    pub(super) size: Vec<u64>,
    pub(super) role: Role,
    pub(super) dimension: BTreeMap<String, Dimension>,
    pub(super) value: Option<Values>,
    pub(super) status: Option<Statuses>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Role {
    pub(super) time: Vec<String>,
    pub(super) geo: Vec<String>,
    pub(super) metric: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Dimension {
    pub(super) category: Category,
}

#[derive(Debug, Deserialize)]
pub(super) struct Category {
    pub(super) index: Option<Index>,
    /// Its only key is the category where there is no index.
    #[serde(default)]
    pub(super) label: BTreeMap<String, String>,
}

/// Categories in order, or each with its position.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Index {
    Array(Vec<String>),
    Object(BTreeMap<String, u64>),
}

/// A value as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Whole(i64),
    /// A number with decimals, or one too large.
    Number,
    /// Text or a truth value.
    Other,
}

/// A value and its physical line.
pub(super) type Placed = (Value, u32);

#[derive(Debug)]
pub(super) enum Values {
    Dense(Vec<Placed>),
    Sparse(BTreeMap<usize, Placed>),
}

/// Marks of all cells, of each, or of some.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Statuses {
    One(String),
    Array(Vec<Option<String>>),
    Object(BTreeMap<String, Option<String>>),
}

impl Document {
    pub(super) fn read(source: impl BufRead) -> Result<Self> {
        let place = Rc::new(Place { line: Cell::new(1), too_many: Cell::new(false) });
        let mut json = serde_json::Deserializer::from_reader(Counted { source, place: place.clone() });
        let read = Members { place: &place }.deserialize(&mut json).and_then(|document| json.end().map(|()| document));
        read.map_err(|error| {
            if place.too_many.get() {
                return Error::new(&codes::JSTAT_TOO_LARGE).detail(format!("more than {MAX_CELLS} values"));
            }
            let code = match error.classify() {
                serde_json::error::Category::Io => return Error::new(&codes::LANDING_READ),
                serde_json::error::Category::Syntax | serde_json::error::Category::Eof => &codes::JSTAT_NOT_JSON,
                serde_json::error::Category::Data => &codes::JSTAT_NOT_DATASET,
            };
            Error::new(code).at(format!("line {}", error.line()))
        })
    }
}

/// Where the reading is.
#[derive(Debug)]
struct Place {
    line: Cell<u32>,
    too_many: Cell<bool>,
}

/// Counts lines. The parser takes single bytes and looks ahead by one, so the line is right where a value begins.
struct Counted<R> {
    source: R,
    place: Rc<Place>,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        let breaks = memchr::memchr_iter(b'\n', &buffer[..count]).count();
        let line = self.place.line.get();
        self.place.line.set(line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX)));
        Ok(count)
    }
}

struct Members<'a> {
    place: &'a Place,
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Document;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Document, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Document, A::Error> {
        let mut document = Document::default();
        while let Some(name) = members.next_key::<String>()? {
            match name.as_str() {
                "class" => document.class = Some(members.next_value()?),
                "id" => document.id = members.next_value()?,
                "size" => document.size = members.next_value()?,
                "role" => document.role = members.next_value()?,
                "dimension" => document.dimension = members.next_value()?,
                "status" => document.status = members.next_value()?,
                "value" if document.value.is_some() => return Err(A::Error::custom("value stands twice")),
                "value" => document.value = Some(members.next_value_seed(ValuesSeed { place: self.place })?),
                _ => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(document)
    }
}

struct ValuesSeed<'a> {
    place: &'a Place,
}

impl ValuesSeed<'_> {
    fn bounded<E: serde::de::Error>(&self, count: usize) -> Result<(), E> {
        if count < MAX_CELLS {
            return Ok(());
        }
        self.place.too_many.set(true);
        Err(E::custom("too many values"))
    }
}

impl<'de> DeserializeSeed<'de> for ValuesSeed<'_> {
    type Value = Values;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Values, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValuesSeed<'_> {
    type Value = Values;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array or an object of values")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Values, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = sequence.next_element_seed(ValueSeed { place: self.place })? {
            self.bounded(values.len())?;
            values.push(value);
        }
        Ok(Values::Dense(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Values, A::Error> {
        let mut values = BTreeMap::new();
        while let Some(key) = members.next_key::<String>()? {
            self.bounded(values.len())?;
            let cell = key.parse().map_err(|_| A::Error::custom("not a cell's position"))?;
            if values.insert(cell, members.next_value_seed(ValueSeed { place: self.place })?).is_some() {
                return Err(A::Error::custom("a cell stands twice"));
            }
        }
        Ok(Values::Sparse(values))
    }
}

struct ValueSeed<'a> {
    place: &'a Place,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Placed;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Placed, D::Error> {
        let line = self.place.line.get();
        Ok((deserializer.deserialize_any(ValueVisitor)?, line))
    }
}

struct ValueVisitor;

impl Visitor<'_> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or null")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Whole(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or(Value::Number, Value::Whole))
    }
    /// `12.0` is 12: some programs write every number with decimals.
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        #[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53 is exact")]
        let whole = (value.fract() == 0.0 && value.abs() < EXACT).then_some(value as i64);
        Ok(whole.map_or(Value::Number, Value::Whole))
    }
    fn visit_str<E>(self, _: &str) -> Result<Value, E> {
        Ok(Value::Other)
    }
    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Other)
    }
}
