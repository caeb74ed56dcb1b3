//! What the reading process says to the one that started it: frames of bounded size, in file order.
//!
//! A frame is a letter, a length (u32, little endian) and so many bytes. [`Outlet`] writes them, [`Frames`] reads them, and
//! nothing in them is trusted: what does not fit is [`Garbled`].

use std::io::{self, Read, Write};

use super::value::{Flaw, Look, Value};

/// Most bytes of one frame. A row of honest cells has some hundred.
pub(super) const MOST_BYTES: usize = 4 << 20;

/// What a frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The limits are set, reading begins.
    Ready,
    /// The sheet is chosen: [`super::table::Chosen`], as JSON.
    Sheet,
    /// The column names, as a row.
    Heading,
    Row,
    /// The sheet is at its end: [`super::table::Rest`], as JSON.
    End,
    /// The workbook is refused: code, detail and place, as JSON.
    Refused,
}

const KINDS: [(u8, Kind); 6] = [
    (b'!', Kind::Ready),
    (b'S', Kind::Sheet),
    (b'H', Kind::Heading),
    (b'R', Kind::Row),
    (b'E', Kind::End),
    (b'X', Kind::Refused),
];

/// A stream that breaks off or holds what no reader writes.
#[derive(Debug)]
pub(super) struct Garbled;

pub(super) struct Outlet<W> {
    out: W,
}

impl<W: Write> Outlet<W> {
    pub fn new(out: W) -> Self {
        Self { out }
    }

    pub fn send(&mut self, kind: Kind, payload: &[u8]) -> io::Result<()> {
        let letter = KINDS.iter().find(|(_, known)| *known == kind).map_or(0, |(letter, _)| *letter);
        let length = u32::try_from(payload.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        self.out.write_all(&[letter])?;
        self.out.write_all(&length.to_le_bytes())?;
        self.out.write_all(payload)
    }

    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

pub(super) struct Frames<R> {
    input: R,
    payload: Vec<u8>,
}

impl<R: Read> Frames<R> {
    pub fn new(input: R) -> Self {
        Self { input, payload: Vec::new() }
    }

    pub fn next(&mut self) -> Result<(Kind, &[u8]), Garbled> {
        let mut head = [0; 5];
        self.input.read_exact(&mut head).map_err(|_| Garbled)?;
        let [letter, length @ ..] = head;
        let (_, kind) = KINDS.iter().find(|(known, _)| *known == letter).ok_or(Garbled)?;
        let length = usize::try_from(u32::from_le_bytes(length)).map_err(|_| Garbled)?;
        if length > MOST_BYTES {
            return Err(Garbled);
        }
        self.payload.resize(length, 0);
        self.input.read_exact(&mut self.payload).map_err(|_| Garbled)?;
        Ok((*kind, &self.payload))
    }

    pub fn into_input(self) -> R {
        self.input
    }
}

/// A row in the making: its number, whether it is hidden, and its cells from left to right.
#[derive(Debug, Default)]
pub(super) struct RowBytes(Vec<u8>);

impl RowBytes {
    pub fn begin(&mut self, number: u32, hidden: bool) {
        self.0.clear();
        self.0.extend_from_slice(&number.to_le_bytes());
        self.0.push(hidden.into());
    }

    pub fn cell(&mut self, column: u16, value: Value<'_>) {
        self.0.extend_from_slice(&column.to_le_bytes());
        match value {
            Value::Text(text) => self.text(b't', text),
            Value::IsoDate(text) => self.text(b'd', text),
            Value::Boolean(value) => self.0.extend_from_slice(&[b'b', value.into()]),
            Value::Number(number, look) => {
                let (look, digits) = match look {
                    Look::Plain => (b'n', 0),
                    Look::Date => (b'D', 0),
                    Look::Percent => (b'%', 0),
                    Look::Zeros(digits) => (b'0', digits),
                };
                self.0.extend_from_slice(&[look, digits]);
                self.0.extend_from_slice(&number.to_le_bytes());
            }
            Value::Flaw(Flaw::Error(place)) => self.0.extend_from_slice(&[b'e', place]),
            Value::Flaw(Flaw::NoResult) => self.0.push(b'f'),
            Value::Flaw(Flaw::Unreadable) => self.0.push(b'u'),
        }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn text(&mut self, letter: u8, text: &str) {
        self.0.push(letter);
        // A text is far shorter than a frame may be.
        self.0.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.0.extend_from_slice(text.as_bytes());
    }
}

/// A row as it was sent.
#[derive(Debug)]
pub(super) struct Row<'a> {
    /// Physical row of the sheet, from 1.
    pub number: u32,
    pub hidden: bool,
    cells: Bytes<'a>,
}

impl<'a> Row<'a> {
    pub fn read(payload: &'a [u8]) -> Result<Self, Garbled> {
        let mut cells = Bytes(payload);
        Ok(Self { number: u32::from_le_bytes(cells.take()?), hidden: cells.take::<1>()? != [0], cells })
    }

    /// The cells from left to right, each with its column from 0.
    pub fn cells(&self) -> impl Iterator<Item = Result<(u16, Value<'a>), Garbled>> {
        let mut rest = self.cells;
        std::iter::from_fn(move || (!rest.0.is_empty()).then(|| rest.cell()))
    }
}

#[derive(Debug, Clone, Copy)]
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Garbled> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(Garbled)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn cell(&mut self) -> Result<(u16, Value<'a>), Garbled> {
        let column = u16::from_le_bytes(self.take()?);
        let [letter] = self.take()?;
        let value = match letter {
            b't' => Value::Text(self.text()?),
            b'd' => Value::IsoDate(self.text()?),
            b'b' => Value::Boolean(self.take::<1>()? != [0]),
            b'n' | b'D' | b'%' | b'0' => {
                let [digits] = self.take()?;
                let number = f64::from_le_bytes(self.take()?);
                let look = match letter {
                    b'D' => Look::Date,
                    b'%' => Look::Percent,
                    b'0' => Look::Zeros(digits),
                    _ => Look::Plain,
                };
                Value::Number(number, look)
            }
            b'e' => Value::Flaw(Flaw::Error(self.take::<1>()?[0])),
            b'f' => Value::Flaw(Flaw::NoResult),
            b'u' => Value::Flaw(Flaw::Unreadable),
            _ => return Err(Garbled),
        };
        Ok((column, value))
    }

    fn text(&mut self) -> Result<&'a str, Garbled> {
        let length = usize::try_from(u32::from_le_bytes(self.take()?)).map_err(|_| Garbled)?;
        let (text, rest) = self.0.split_at_checked(length).ok_or(Garbled)?;
        self.0 = rest;
        std::str::from_utf8(text).map_err(|_| Garbled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_arrive_as_they_were_sent() {
        let cells = [
            (0, Value::Text("Åse")),
            (1, Value::Number(-0.5, Look::Percent)),
            (2, Value::Number(17.0, Look::Zeros(6))),
            (3, Value::Number(39_448.0, Look::Date)),
            (4, Value::Boolean(true)),
            (5, Value::IsoDate("2008-01-01")),
            (6, Value::Flaw(Flaw::error("#N/A"))),
            (7, Value::Flaw(Flaw::NoResult)),
            (16_383, Value::Flaw(Flaw::Unreadable)),
        ];
        let mut row = RowBytes::default();
        row.begin(1_048_576, true);
        for (column, value) in cells {
            row.cell(column, value);
        }
        let mut bytes = Vec::new();
        Outlet::new(&mut bytes).send(Kind::Row, row.bytes()).unwrap();
        let mut frames = Frames::new(bytes.as_slice());
        let (kind, payload) = frames.next().unwrap();
        let read = Row::read(payload).unwrap();
        assert_eq!((kind, read.number, read.hidden), (Kind::Row, 1_048_576, true));
        assert_eq!(read.cells().collect::<Result<Vec<_>, _>>().unwrap(), cells);
        assert!(frames.next().is_err(), "the stream breaks off");
    }

    #[test]
    fn what_no_reader_writes_is_garbled() {
        for bytes in [&b"?\0\0\0\0"[..], b"R\xff\xff\xff\xff", b"R\x05\0\0\0abc"] {
            assert!(Frames::new(bytes).next().is_err());
        }
        for cells in [&b"\0"[..], b"\0\0t\xff\xff\xff\xff", b"\0\0z", b"\0\0t\x01\0\0\0\xff"] {
            let payload = [b"\x01\0\0\0\0", cells].concat();
            assert!(Row::read(&payload).unwrap().cells().any(|cell| cell.is_err()), "{cells:?}");
        }
    }
}
