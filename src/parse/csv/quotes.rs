//! Watches the quoting, which `csv-core` takes leniently: a quote that never closes, or closes before the cell's end,
//! swallows rows without a word.
//!
//! In: the file in chunks, as UTF-8. Out: where the quoting breaks. Between two quotes it only searches for the next.

use memchr::memchr;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Outside a quoted cell.
    Outside,
    /// Inside a quoted cell.
    Inside,
    /// Inside, and the last byte was a quote: doubled, or the end of the cell.
    AfterQuote,
}

pub(super) struct Quotes {
    separator: u8,
    state: State,
    /// The byte before the chunk at hand; a quote opens a cell only at its start.
    last: u8,
}

impl Quotes {
    pub fn new(separator: u8) -> Self {
        Self { separator, state: State::Outside, last: b'\n' }
    }

    /// The offset in the chunk at which the quoting breaks, if it does.
    pub fn watch(&mut self, chunk: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < chunk.len() {
            if self.state == State::AfterQuote {
                match chunk[at] {
                    b'"' => self.state = State::Inside,
                    byte if byte == self.separator || matches!(byte, b'\r' | b'\n') => self.state = State::Outside,
                    _ => return Some(at),
                }
                at += 1;
                continue;
            }
            let Some(found) = memchr(b'"', &chunk[at..]) else { break };
            let quote = at + found;
            let before = if quote == 0 { self.last } else { chunk[quote - 1] };
            self.state = match self.state {
                State::Inside => State::AfterQuote,
                _ if before == self.separator || matches!(before, b'\r' | b'\n') => State::Inside,
                other => other,
            };
            at = quote + 1;
        }
        self.last = chunk.last().copied().unwrap_or(self.last);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Watches the text in chunks of every size; all must agree.
    fn verdict(text: &str) -> (Option<usize>, bool) {
        let verdicts = (1..=text.len().max(1)).map(|size| {
            let mut quotes = Quotes::new(b';');
            let mut offset = 0;
            for chunk in text.as_bytes().chunks(size) {
                if let Some(at) = quotes.watch(chunk) {
                    return (Some(offset + at), false);
                }
                offset += chunk.len();
            }
            (None, quotes.state == State::Inside)
        });
        let verdicts: Vec<_> = verdicts.collect();
        assert!(verdicts.iter().all(|verdict| *verdict == verdicts[0]), "{text:?}: {verdicts:?}");
        verdicts[0]
    }

    #[test]
    fn takes_rfc_4180() {
        for text in [
            "",
            "a;b\n",
            "\"a\";\"b\"\r\n",
            "\"a;\nb\"\n",
            "\"say \"\"hej\"\"\";c\n",
            "\"\";\"\"\n",
            "\"\"\"\"\n",
            "5\" tum;b\n",
            "\"a\"",
        ] {
            assert_eq!(verdict(text), (None, false), "{text:?}");
        }
    }

    #[test]
    fn finds_the_quote_that_is_never_closed_and_the_one_closed_too_early() {
        assert_eq!(verdict("a;\"b\nc;d\n"), (None, true));
        assert_eq!(verdict("a;\"b\n1;\"x\"\n"), (Some(8), false));
        assert_eq!(verdict("\"a\"b;c\n"), (Some(3), false));
    }
}
