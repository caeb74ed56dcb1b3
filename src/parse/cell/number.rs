//! Numbers as the contract writes them: decimal comma, blanks of four kinds between thousands, two kinds of minus.

/// Digits before the comma that `Decimal128(14, 2)` holds.
const WHOLE_DIGITS: usize = 12;
/// Digits that an `i64` holds whatever they are.
const INTEGER_DIGITS: usize = 18;

/// An amount in hundredths: `1 234 567,89`, `-12`, `−0,5`. More than two decimals are not read: `1,234` may be meant either way.
pub(in crate::parse) fn hundredths(text: &str) -> Option<i128> {
    let (negative, text) = sign(text);
    let (whole, fraction) = match text.split_once(',') {
        Some((whole, fraction)) => (whole, hundredths_of(fraction)?),
        None => (text, 0),
    };
    let value = i128::from(grouped(whole, WHOLE_DIGITS)?) * 100 + fraction;
    Some(if negative { -value } else { value })
}

/// A whole number, with the same thousands and signs.
pub(in crate::parse) fn integer(text: &str) -> Option<i64> {
    let (negative, text) = sign(text);
    let value = grouped(text, INTEGER_DIGITS)?;
    Some(if negative { -value } else { value })
}

/// A dash alone means nil.
pub(in crate::parse) fn is_nil(text: &str) -> bool {
    matches!(text, "-" | "\u{2212}")
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text),
    }
}

fn hundredths_of(fraction: &str) -> Option<i128> {
    match *fraction.as_bytes() {
        [tenths] if tenths.is_ascii_digit() => Some(i128::from(tenths - b'0') * 10),
        [tenths, hundredths] if tenths.is_ascii_digit() && hundredths.is_ascii_digit() => {
            Some(i128::from(tenths - b'0') * 10 + i128::from(hundredths - b'0'))
        }
        _ => None,
    }
}

/// Digits in one piece, or one to three and then groups of three.
fn grouped(text: &str, most_digits: usize) -> Option<i64> {
    let mut value = 0_i64;
    let mut digits = 0;
    let mut groups = text.split([' ', '\u{a0}', '\u{2009}', '\u{202f}']).peekable();
    let mut first = true;
    while let Some(group) = groups.next() {
        let expected = match (first, groups.peek().is_some()) {
            (true, false) => 1..=most_digits,
            (true, true) => 1..=3,
            (false, _) => 3..=3,
        };
        digits += group.len();
        if !expected.contains(&group.len()) || digits > most_digits || !group.bytes().all(|byte| byte.is_ascii_digit())
        {
            return None;
        }
        value = group.bytes().fold(value, |value, byte| value * 10 + i64::from(byte - b'0'));
        first = false;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_legal_form() {
        for text in [
            "1 234 567,89",
            "1\u{a0}234\u{a0}567,89",
            "1\u{2009}234\u{2009}567,89",
            "1\u{202f}234\u{202f}567,89",
            "1234567,89",
        ] {
            assert_eq!(hundredths(text), Some(123_456_789), "{text}");
            assert_eq!(hundredths(&format!("-{text}")), Some(-123_456_789));
            assert_eq!(hundredths(&format!("\u{2212}{text}")), Some(-123_456_789));
        }
        assert_eq!(hundredths("0,5"), Some(50));
        assert_eq!(hundredths("999999999999,99"), Some(99_999_999_999_999));
        assert_eq!(integer("12 000"), Some(12_000));
    }

    #[test]
    fn reads_nothing_that_may_be_meant_otherwise() {
        for text in [
            "",
            "-",
            "1.5",
            "1,234",
            "1,",
            ",5",
            "12 34",
            "1234 567",
            "1  234",
            " 1",
            "+5",
            "1e3",
            "--1",
            "- 1",
            "1,5 ",
            "0x1",
            "1000000000000",
            "١",
            "1,-5",
            "1 234,5 6",
        ] {
            assert_eq!(hundredths(text), None, "{text}");
        }
        assert_eq!(integer("1,0"), None);
        assert_eq!(integer("1234567890123456789"), None);
    }

    #[test]
    fn a_dash_alone_is_nil() {
        assert!(is_nil("-") && is_nil("\u{2212}") && !is_nil("--") && !is_nil(""));
    }
}
