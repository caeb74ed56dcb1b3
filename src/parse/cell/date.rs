//! Dates `YYYY-MM-DD`, months `YYYY-MM` and years `YYYY`, strictly.

use chrono::{Datelike, NaiveDate};

/// Days between the first of January of the year 1 and of 1970, plus one: chrono's count against Arrow's.
const EPOCH_FROM_CE: i32 = 719_163;

pub(in crate::parse) fn date(text: &str) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[7] != b'-' {
        return None;
    }
    let (year, month) = year_and_month(bytes)?;
    NaiveDate::from_ymd_opt(year, month, number(&bytes[8..])?)
}

/// The first day of the month.
pub(in crate::parse) fn month(text: &str) -> Option<NaiveDate> {
    let (year, month) = (text.len() == 7).then(|| year_and_month(text.as_bytes())).flatten()?;
    NaiveDate::from_ymd_opt(year, month, 1)
}

pub(in crate::parse) fn year(text: &str) -> Option<i16> {
    let year = (text.len() == 4).then(|| number(text.as_bytes())).flatten()?;
    i16::try_from(year).ok().filter(|year| *year > 0)
}

/// Days since 1970-01-01, as Arrow's `Date32` counts.
pub(in crate::parse) fn epoch_days(date: NaiveDate) -> i32 {
    date.num_days_from_ce() - EPOCH_FROM_CE
}

/// Of at least seven bytes `YYYY-MM`; the year 0 is none.
fn year_and_month(bytes: &[u8]) -> Option<(i32, u32)> {
    if bytes[4] != b'-' {
        return None;
    }
    let year = i32::try_from(number(&bytes[..4])?).ok().filter(|year| *year > 0)?;
    Some((year, number(&bytes[5..7])?))
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + u32::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_calendar_and_nothing_else() {
        assert_eq!(date("2008-02-29"), NaiveDate::from_ymd_opt(2008, 2, 29));
        for text in [
            "2007-02-29",
            "2007-2-09",
            "07-02-09",
            "2007/02/09",
            "2007-02-09 ",
            "20070209",
            "0000-01-01",
            "2007-13-01",
            "2007-02-0å",
        ] {
            assert_eq!(date(text), None, "{text}");
        }
        assert_eq!(month("2007-03"), NaiveDate::from_ymd_opt(2007, 3, 1));
        for text in ["2007-00", "2007-13", "2007-3", "200703", "2007-003"] {
            assert_eq!(month(text), None, "{text}");
        }
        assert_eq!((year("2007"), year("07"), year("0000"), year("+007")), (Some(2007), None, None, None));
    }

    #[test]
    fn counts_days_as_arrow_does() {
        let days = |text| epoch_days(date(text).unwrap());
        assert_eq!((days("1970-01-01"), days("1969-12-31"), days("2000-03-01")), (0, -1, 11_017));
    }
}
