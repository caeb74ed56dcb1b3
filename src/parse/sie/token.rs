//! One line of a SIE file → label, fields and object list, as bytes.
//!
//! In: a physical line. Out: a [`Row`], a brace, nothing, or a [`Fault`]. It works on bytes, because every code page a
//! SIE file comes in agrees on blanks, quotes and braces; decoding is `codepage`'s. It must never panic, whatever the bytes.
//!
//! Fields are separated by blanks or tabs (and other control characters, which SIE tells to skip). A field may stand in
//! quotes; inside them `\"` is a quote. Braces outside quotes hold the object list.

use std::borrow::Cow;

/// What a line can be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    Blank,
    Row(Row<'a>),
    /// `{` alone: the voucher's rows begin.
    Open,
    /// `}` alone: the voucher's rows end.
    Close,
}

/// A row: `#LABEL field … { object list } field …`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row<'a> {
    fields: Vec<Cow<'a, [u8]>>,
    /// Where in `fields` the object list stands.
    list: Option<(usize, usize)>,
    /// A brace that is left open: some programs write a voucher's `{` behind `#VER`.
    opens: bool,
}

/// Why a line cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    UnclosedQuote,
    /// Neither a row nor a brace nor empty.
    NotARow,
    /// Braces that do not pair.
    Braces,
}

impl Row<'_> {
    /// The label, in upper case, without `#`.
    pub(super) fn label(&self) -> Vec<u8> {
        self.fields[0][1..].to_ascii_uppercase()
    }

    /// Fields before the object list, or all of them.
    pub(super) fn head(&self) -> &[Cow<'_, [u8]>] {
        &self.fields[1..self.list.map_or(self.fields.len(), |(start, _)| start)]
    }

    /// The object list: dimension, object, dimension, object … Empty where the row has none.
    pub(super) fn objects(&self) -> &[Cow<'_, [u8]>] {
        self.list.map_or(&[], |(start, end)| &self.fields[start..end])
    }

    /// The field at `position`, counted as if the object list were one field that may be missing at `list_at`.
    pub(super) fn field(&self, position: usize, list_at: usize) -> Option<&[u8]> {
        let head = self.head();
        let field = match self.list {
            Some((_, end)) if position >= list_at => {
                // The list must stand where the standard puts it, else fields would be taken for one another.
                if head.len() != list_at {
                    return None;
                }
                self.fields.get(end + position - list_at)
            }
            _ => head.get(position),
        };
        field.map(AsRef::as_ref)
    }

    pub(super) fn opens(&self) -> bool {
        self.opens
    }

    /// The bytes that `#KSUMMA` covers: label and fields, without blanks, enclosing quotes and braces.
    pub(super) fn summed(&self) -> impl Iterator<Item = &[u8]> {
        self.fields.iter().map(AsRef::as_ref)
    }
}

/// Reads one line (without or with its line end).
pub(super) fn tokenise(line: &[u8]) -> Result<Line<'_>, Fault> {
    let mut fields = Vec::new();
    let (mut start, mut end) = (None, None);
    let mut rest = skip_blanks(line);
    while let Some(&first) = rest.first() {
        match first {
            b'{' if start.is_none() => {
                start = Some(fields.len());
                rest = &rest[1..];
            }
            b'}' if end.is_none() && (start.is_some() || fields.is_empty()) => {
                end = Some(fields.len());
                rest = &rest[1..];
            }
            b'{' | b'}' => return Err(Fault::Braces),
            b'"' => {
                let (field, after) = quoted(&rest[1..])?;
                fields.push(field);
                rest = after;
            }
            _ => {
                let (field, after) = plain(rest);
                fields.push(field);
                rest = after;
            }
        }
        rest = skip_blanks(rest);
    }
    assemble(fields, start, end)
}

fn assemble(fields: Vec<Cow<'_, [u8]>>, start: Option<usize>, end: Option<usize>) -> Result<Line<'_>, Fault> {
    if fields.is_empty() {
        return match (start, end) {
            (None, None) => Ok(Line::Blank),
            (Some(_), None) => Ok(Line::Open),
            (None, Some(_)) => Ok(Line::Close),
            (Some(_), Some(_)) => Err(Fault::NotARow),
        };
    }
    if start == Some(0) || end.is_some() && start.is_none() || !fields[0].starts_with(b"#") {
        return Err(Fault::NotARow);
    }
    let opens = start == Some(fields.len()) && end.is_none();
    match (start, end) {
        (Some(start), Some(end)) => Ok(Line::Row(Row { fields, list: Some((start, end)), opens })),
        (Some(_), None) if !opens => Err(Fault::Braces),
        _ => Ok(Line::Row(Row { fields, list: None, opens })),
    }
}

fn is_blank(byte: u8) -> bool {
    byte <= b' ' || byte == 0x7f
}

fn skip_blanks(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|&byte| !is_blank(byte)).unwrap_or(bytes.len());
    &bytes[start..]
}

/// A field in quotes, from behind the opening quote.
fn quoted(bytes: &[u8]) -> Result<(Cow<'_, [u8]>, &[u8]), Fault> {
    let mut end = 0;
    let mut escaped = false;
    loop {
        match bytes.get(end).ok_or(Fault::UnclosedQuote)? {
            b'\\' if bytes.get(end + 1) == Some(&b'"') => {
                escaped = true;
                end += 2;
            }
            b'"' => return Ok((unescape(&bytes[..end], escaped), &bytes[end + 1..])),
            _ => end += 1,
        }
    }
}

/// A field without quotes: up to the next blank or brace.
fn plain(bytes: &[u8]) -> (Cow<'_, [u8]>, &[u8]) {
    let end = bytes.iter().position(|&byte| is_blank(byte) || byte == b'{' || byte == b'}').unwrap_or(bytes.len());
    let escaped = memchr::memmem::find(&bytes[..end], b"\\\"").is_some();
    (unescape(&bytes[..end], escaped), &bytes[end..])
}

fn unescape(field: &[u8], escaped: bool) -> Cow<'_, [u8]> {
    if !escaped {
        return Cow::Borrowed(field);
    }
    let mut plain = Vec::with_capacity(field.len());
    let mut bytes = field.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' || bytes.peek() != Some(&b'"') {
            plain.push(byte);
        }
    }
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(line: &[u8]) -> Row<'_> {
        match tokenise(line) {
            Ok(Line::Row(row)) => row,
            other => panic!("not a row: {other:?}"),
        }
    }

    fn texts(fields: &[Cow<'_, [u8]>]) -> Vec<String> {
        fields.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect()
    }

    #[test]
    fn blanks_tabs_and_line_ends_separate() {
        let row = row(b" \t#RAR\t0  20070101 20071231\r\n");
        assert_eq!(row.label(), b"RAR");
        assert_eq!(texts(row.head()), ["0", "20070101", "20071231"]);
    }

    #[test]
    fn quotes_hold_blanks_braces_and_escaped_quotes() {
        let row = row(br#"#KONTO 5010 "L{\"x\"} \n" "" tail"#);
        assert_eq!(texts(row.head()), ["5010", r#"L{"x"} \n"#, "", "tail"]);
    }

    #[test]
    fn the_object_list_may_be_glued_or_missing() {
        let glued = row(br#"#PSALDO 0 200701 5010{1 "100"20 410}12.50 3"#);
        assert_eq!(texts(glued.objects()), ["1", "100", "20", "410"]);
        assert_eq!(glued.field(4, 3), Some(b"3".as_slice()));
        assert_eq!(glued.field(3, 3), Some(b"12.50".as_slice()));
        let missing = row(b"#PBUDGET 0 200701 5010 12.50");
        assert_eq!(missing.field(3, 3), Some(b"12.50".as_slice()));
        let misplaced = row(b"#PSALDO 0 200701 {} 5010 12.50");
        assert_eq!(misplaced.field(3, 3), None);
    }

    #[test]
    fn braces_stand_alone_or_behind_a_voucher() {
        assert_eq!(tokenise(b"{\r"), Ok(Line::Open));
        assert_eq!(tokenise(b" } "), Ok(Line::Close));
        assert_eq!(tokenise(b" \t\r\n"), Ok(Line::Blank));
        assert!(row(b"#VER A 1 20070101 {").opens());
        assert_eq!(tokenise(b"#TRANS 1910 {1 2"), Err(Fault::Braces));
        assert_eq!(tokenise(b"#TRANS 1910 {{}} 2"), Err(Fault::Braces));
        assert_eq!(tokenise(b"<html>"), Err(Fault::NotARow));
        assert_eq!(tokenise(b"#GEN \"2007"), Err(Fault::UnclosedQuote));
    }

    fn written(field: &[u8]) -> Vec<u8> {
        let mut text = vec![b'"'];
        for &byte in field {
            if byte == b'"' {
                text.push(b'\\');
            }
            text.push(byte);
        }
        text.push(b'"');
        text
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(line in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = tokenise(&line);
        }

        // A backslash before a quote or at the end of a field cannot be told from an escape: SIE has no escape for it.
        #[test]
        fn what_is_written_is_read(fields in proptest::collection::vec(proptest::collection::vec(any::<u8>().prop_filter("backslash", |b| *b != b'\\'), 0..12), 0..8)) {
            let mut line = b"#X".to_vec();
            for field in &fields {
                line.push(b' ');
                line.extend(written(field));
            }
            let row = row(&line);
            let read: Vec<Vec<u8>> = row.head().iter().map(|field| field.to_vec()).collect();
            prop_assert_eq!(read, fields);
        }
    }
}
