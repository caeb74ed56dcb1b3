//! Finds a personnummer where none belongs: in a case id, a code, a text.
//!
//! In: any cell. Out: yes or no. A cell with fewer than ten digits costs one pass over its bytes.

use super::personnummer::is_number;

/// Which shapes count as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shapes {
    /// The contract's forms, with `-` or `+`.
    Contract,
    /// Also ten digits without hyphen: in text, not in ids and amounts, where such digits are common.
    Text,
}

/// True when the text holds a valid personnummer or samordningsnummer, alone or inside other text.
pub fn holds_personnummer(text: &str, shapes: Shapes) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 10 || bytes.iter().filter(|byte| byte.is_ascii_digit()).count() < 10 {
        return false;
    }
    let mut runs = DigitRuns { bytes, at: 0 }.peekable();
    while let Some(run) = runs.next() {
        let alone = match (run.len(), shapes) {
            (12, _) => of_digits(run, &[]),
            (10, Shapes::Text) => of_digits(&run[..6], &run[6..]),
            _ => false,
        };
        let joined = matches!(run.len(), 6 | 8)
            && runs.peek().is_some_and(|next| next.len() == 4 && joined(text, run, next) && of_digits(run, next));
        if alone || joined {
            return true;
        }
    }
    false
}

/// Maximal runs of ASCII digits.
struct DigitRuns<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for DigitRuns<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        let start = rest.iter().position(u8::is_ascii_digit)?;
        let length = rest[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += start + length;
        Some(&rest[start..start + length])
    }
}

/// True when only one hyphen, dash or plus stands between two runs of one text.
fn joined(text: &str, first: &[u8], second: &[u8]) -> bool {
    let offset = |run: &[u8]| run.as_ptr().addr() - text.as_ptr().addr();
    let between = &text[offset(first) + first.len()..offset(second)];
    matches!(between, "-" | "+" | "\u{2010}" | "\u{2011}" | "\u{2013}" | "\u{2212}")
}

/// The digits of birth (six, eight, or all twelve) and the last four, in any century.
fn of_digits(born: &[u8], last: &[u8]) -> bool {
    let mut digits = [0; 12];
    let start = 12 - born.len() - last.len();
    for (digit, byte) in digits[start..].iter_mut().zip(born.iter().chain(last)) {
        *digit = byte - b'0';
    }
    if start == 0 {
        return is_number(digits);
    }
    [18, 19, 20].into_iter().any(|century| {
        (digits[0], digits[1]) = (century / 10, century % 10);
        is_number(digits)
    })
}
