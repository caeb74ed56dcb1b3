//! A SIE amount → öre, exactly. Decimal point, at most two decimals, no plus sign, no thousands, never a float.

use crate::model::Ore;

/// The largest amount a row may hold: `numeric(14,2)`.
const MAX_DIGITS: usize = 12;

/// Reads an amount; else the value's class, which tells its form and not the value.
pub(super) fn read(text: &[u8]) -> Result<Ore, String> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let (whole, decimals) = match digits.iter().position(|&byte| byte == b'.') {
        Some(point) => (&digits[..point], &digits[point + 1..]),
        None => (digits, [].as_slice()),
    };
    let numeric = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    if whole.is_empty() && decimals.is_empty() || !numeric(whole) || !numeric(decimals) {
        return Err(format!("not an amount, len={}", text.len()));
    }
    if decimals.len() > 2 {
        return Err(format!("decimals={}", decimals.len()));
    }
    let significant = whole.iter().skip_while(|&&byte| byte == b'0').count();
    if significant > MAX_DIGITS {
        return Err(format!("digits={significant}"));
    }
    let padded = whole.iter().chain(decimals).chain(std::iter::repeat_n(&b'0', 2 - decimals.len()));
    let ore = padded.fold(0_i128, |sum, digit| sum * 10 + i128::from(digit - b'0'));
    Ok(Ore(if text.starts_with(b"-") { -ore } else { ore }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn forms_of_the_standard() {
        for (text, ore) in
            [("0", 0), ("12", 1200), ("12.5", 1250), ("-12.05", -1205), (".5", 50), ("-0.01", -1), ("7.", 700)]
        {
            assert_eq!(read(text.as_bytes()), Ok(Ore(ore)), "{text}");
        }
        assert_eq!(read(b"999999999999.99"), Ok(Ore(99_999_999_999_999)));
        for text in ["", "-", ".", "+1", "1,5", "1 000", "1e3", "--1", "1.234", "1000000000000", "\u{2212}1"] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn the_class_never_quotes() {
        assert_eq!(read(b"198501019999x"), Err("not an amount, len=13".to_owned()));
        assert_eq!(read(b"1.2345"), Err("decimals=4".to_owned()));
    }

    proptest! {
        #[test]
        fn what_ore_prints_is_read(ore in -99_999_999_999_999_i128..=99_999_999_999_999) {
            prop_assert_eq!(read(Ore(ore).to_string().as_bytes()), Ok(Ore(ore)));
        }
    }
}
