//! Numbers of a workbook as people see them: fifteen significant digits, written as the contract writes numbers.
//!
//! In: a binary number and its look. Out: text for the cell grammar, or a date. What a look hides (a date, a percentage) is what
//! is meant: 0.8 shown as 80 % is 80.

use chrono::{Days, NaiveDate};

use super::value::Look;

/// Digits of a binary number that mean anything; Excel keeps no more.
const DIGITS: usize = 15;
/// Serial of the day that 1900 did not have.
const FEBRUARY_29_1900: u32 = 60;
/// Days that a number without the look of a date may mean, from 1927-05-18 to 2099-12-31 by the 1900 system. Less may be a
/// year, more a date written as a number (`20070301`).
const PLAIN_SERIALS: std::ops::RangeInclusive<u32> = 10_000..=73_050;

/// A number as `digits × 10^exponent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    negative: bool,
    digits: u64,
    exponent: i32,
}

impl Seen {
    fn of(value: f64, look: Look) -> Option<Self> {
        let written = format!("{:.*e}", DIGITS - 1, value.abs());
        let (mantissa, exponent) = written.split_once('e')?;
        let mut digits: u64 = mantissa.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok()?;
        let mut exponent: i32 = exponent.parse::<i32>().ok()? - 14;
        if look == Look::Percent {
            exponent += 2;
        }
        while digits != 0 && digits.is_multiple_of(10) {
            digits /= 10;
            exponent += 1;
        }
        if digits == 0 {
            exponent = 0;
        }
        Some(Self { negative: value < 0.0 && digits != 0, digits, exponent })
    }

    /// Rounded to so many decimals, half away from zero.
    fn rounded(self, decimals: i32) -> Self {
        let surplus = -decimals - self.exponent;
        let Some(surplus) = u32::try_from(surplus).ok().filter(|surplus| *surplus > 0) else { return self };
        let digits = 10_u64.checked_pow(surplus).map_or(0, |power| (self.digits + power / 2) / power);
        Self { negative: self.negative && digits != 0, digits, exponent: -decimals }
    }

    /// `-1234,5`; `None` where digits that are not known would have to be written.
    fn written(self) -> Option<String> {
        let sign = if self.negative { "-" } else { "" };
        let digits = self.digits.to_string();
        if let Ok(zeros) = usize::try_from(self.exponent) {
            return (digits.len() + zeros <= DIGITS).then(|| format!("{sign}{digits}{}", "0".repeat(zeros)));
        }
        let decimals = usize::try_from(self.exponent.unsigned_abs()).ok().filter(|decimals| *decimals <= 2 * DIGITS)?;
        let digits = format!("{digits:0>width$}", width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        let fraction = fraction.trim_end_matches('0');
        Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole},{fraction}") })
    }

    fn is_whole(self) -> bool {
        self.exponent >= 0
    }
}

/// As a text column or an id takes it; `None` for a date, and where digits were lost.
pub(super) fn text(value: f64, look: Look) -> Option<String> {
    let seen = Seen::of(value, look)?;
    match look {
        Look::Date => None,
        Look::Zeros(digits) if seen.is_whole() && !seen.negative => {
            Some(format!("{:0>width$}", seen.written()?, width = usize::from(digits)))
        }
        Look::Percent => Some(format!("{} %", seen.written()?)),
        _ => seen.written(),
    }
}

/// As a decimal column takes it, rounded to hundredths; `None` for a date.
pub(super) fn decimal(value: f64, look: Look) -> Option<String> {
    if look == Look::Date {
        return None;
    }
    Seen::of(value, look)?.rounded(2).written()
}

/// As a column of whole numbers takes it; `None` for a date and for a fraction.
pub(super) fn whole(value: f64, look: Look) -> Option<String> {
    if look == Look::Date {
        return None;
    }
    Seen::of(value, look).filter(|seen| seen.is_whole())?.written()
}

/// The day of a serial number, without its time. A number that does not look like a date is one only where it can be nothing else.
pub(super) fn day(value: f64, look: Look, date_1904: bool) -> Option<NaiveDate> {
    let seen = Seen::of(value.trunc(), Look::Plain)?;
    let serial: u32 = seen.written()?.parse().ok()?;
    let day = on_serial(serial, date_1904)?;
    match look {
        Look::Date => Some(day),
        Look::Percent => None,
        Look::Plain | Look::Zeros(_) => PLAIN_SERIALS.contains(&serial).then_some(day),
    }
}

/// By the 1900 system, whose days before its own 29 February are one lower, or by the one that counts 1904-01-01 as 0.
fn on_serial(serial: u32, date_1904: bool) -> Option<NaiveDate> {
    let (year, month, day) = if date_1904 {
        (1904, 1, 1)
    } else if serial == 0 || serial == FEBRUARY_29_1900 {
        return None;
    } else if serial < FEBRUARY_29_1900 {
        (1899, 12, 31)
    } else {
        (1899, 12, 30)
    };
    let found = NaiveDate::from_ymd_opt(year, month, day)?.checked_add_days(Days::new(serial.into()))?;
    (found <= NaiveDate::from_ymd_opt(9999, 12, 31)?).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_they_are_seen() {
        for (value, look, seen) in [
            (1234.0, Look::Plain, "1234"),
            (17.0, Look::Zeros(6), "000017"),
            (1_234_567.0, Look::Zeros(6), "1234567"),
            (-5.25, Look::Plain, "-5,25"),
            (0.1 + 0.2, Look::Plain, "0,3"),
            (1e-3, Look::Plain, "0,001"),
            (-0.0, Look::Plain, "0"),
            (200_001_011_234.0, Look::Plain, "200001011234"),
            (0.8, Look::Percent, "80 %"),
        ] {
            assert_eq!(text(value, look).as_deref(), Some(seen), "{value}");
        }
        assert_eq!((text(1e15, Look::Plain), text(1e300, Look::Plain), text(1e-300, Look::Plain)), (None, None, None));
        assert_eq!(text(39_448.0, Look::Date), None);
    }

    #[test]
    fn percentages_are_hundredths_and_decimals_are_rounded() {
        for (value, look, seen) in [
            (0.8, Look::Percent, "80"),
            (0.075, Look::Percent, "7,5"),
            (0.57, Look::Percent, "57"),
            (79.999_999_999_999_99, Look::Plain, "80"),
            (200.0 / 3.0, Look::Plain, "66,67"),
            (2.0 / 3.0, Look::Percent, "66,67"),
            (0.005, Look::Plain, "0,01"),
            (-0.001, Look::Plain, "0"),
            (1.005, Look::Plain, "1,01"),
            (87.5, Look::Zeros(1), "87,5"),
        ] {
            assert_eq!(decimal(value, look).as_deref(), Some(seen), "{value}");
        }
        assert_eq!((whole(3.0, Look::Plain).as_deref(), whole(3.5, Look::Plain)), (Some("3"), None));
        assert_eq!((decimal(39_448.0, Look::Date), whole(39_448.0, Look::Date)), (None, None));
    }

    #[test]
    fn serials_are_days_by_both_systems() {
        let date = |text: &str| text.parse::<NaiveDate>().ok();
        for (serial, date_1904, expected) in [
            (1.0, false, date("1900-01-01")),
            (59.0, false, date("1900-02-28")),
            (60.0, false, None),
            (61.0, false, date("1900-03-01")),
            (39_448.0, false, date("2008-01-01")),
            (39_448.999, false, date("2008-01-01")),
            (0.5, false, None),
            (-1.0, false, None),
            (2_958_465.0, false, date("9999-12-31")),
            (2_958_466.0, false, None),
            (0.0, true, date("1904-01-01")),
            (37_986.0, true, date("2008-01-01")),
            (1e300, false, None),
        ] {
            assert_eq!(day(serial, Look::Date, date_1904), expected, "{serial}");
        }
    }

    #[test]
    fn a_plain_number_is_a_day_only_where_it_can_be_nothing_else() {
        assert_eq!(day(39_448.0, Look::Plain, false), "2008-01-01".parse().ok());
        for value in [2007.0, 200_703.0, 20_070_301.0, 9_999.0] {
            assert_eq!(day(value, Look::Plain, false), None, "{value}");
        }
        assert_eq!(day(39_448.0, Look::Percent, false), None);
    }
}
