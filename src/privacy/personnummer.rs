//! Swedish personal identity numbers (personnummer and samordningsnummer) of children.
//!
//! In: the three forms of the extract contract and the day of the event. Out: the canonical twelve digits, birth and sex, or
//! the [`Flaw`]. Sources: folkbokföringslagen (1991:481) 18 §, Skatteverket SKV 704 and SKV 707; the check digit is that
//! of ISO/IEC 7812-1 (Luhn) over the last ten digits. The number never prints.

use chrono::{Datelike, NaiveDate};

/// The oldest a child may be on the day of the event: all of the year as a twenty-year-old.
const OLDEST: i32 = 20;

/// A number that keeps form, check digit and date.
#[derive(Clone, PartialEq, Eq)]
pub struct Personnummer {
    digits: [u8; 12],
    year: i32,
    month: Option<u32>,
    day: Option<u32>,
}

/// What is wrong with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// None of the contract's forms (interim numbers and ten digits without hyphen among them).
    Form,
    /// With `+`: its holder is over a hundred years old.
    Plus,
    CheckDigit,
    /// Birth number 000, which is given to nobody.
    BirthNumber,
    Date,
    /// Not 0–20 years old on the day of the event.
    Age,
    /// Ten digits, and no day of an event that tells the century.
    NoEvent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    Flicka,
    Pojke,
}

impl Sex {
    /// The member's label in the warehouse.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Flicka => "flicka",
            Self::Pojke => "pojke",
        }
    }
}

impl std::fmt::Debug for Personnummer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Personnummer(…)")
    }
}

impl Personnummer {
    /// Reads a trimmed cell. Without an event the age is not checked, and ten digits have no century.
    pub fn read(text: &str, event: Option<NaiveDate>) -> Result<Self, Flaw> {
        let number = Self::of_form(text.as_bytes(), event)?;
        match event.map(|event| number.age_on(event)) {
            Some(age) if !(0..=OLDEST).contains(&age) => Err(Flaw::Age),
            _ => Ok(number),
        }
    }

    fn of_form(text: &[u8], event: Option<NaiveDate>) -> Result<Self, Flaw> {
        let (born, plus, last) = match text.len() {
            12 => (&text[..8], false, &text[8..]),
            13 if matches!(text[8], b'-' | b'+') => (&text[..8], text[8] == b'+', &text[9..]),
            11 if matches!(text[6], b'-' | b'+') => (&text[..6], text[6] == b'+', &text[7..]),
            _ => return Err(Flaw::Form),
        };
        let mut digits = [0; 12];
        let century_digits = 8 - born.len();
        for (digit, &byte) in digits[century_digits..].iter_mut().zip(born.iter().chain(last)) {
            *digit = byte.checked_sub(b'0').filter(|digit| *digit < 10).ok_or(Flaw::Form)?;
        }
        if plus {
            return Err(Flaw::Plus);
        }
        if !luhn_holds(&digits[2..]) {
            return Err(Flaw::CheckDigit);
        }
        if digits[8..11] == [0; 3] {
            return Err(Flaw::BirthNumber);
        }
        if century_digits == 0 { Self::dated(digits).ok_or(Flaw::Date) } else { Self::in_century(digits, event) }
    }

    /// The century that makes the child 0–20 years old on the day of the event; at most one does.
    fn in_century(mut digits: [u8; 12], event: Option<NaiveDate>) -> Result<Self, Flaw> {
        let event = event.ok_or(Flaw::NoEvent)?;
        let mut flaw = Flaw::Date;
        let this = event.year().div_euclid(100);
        for century in [this, this - 1] {
            let Ok(century) = u8::try_from(century) else { continue };
            (digits[0], digits[1]) = (century / 10 % 10, century % 10);
            if let Some(number) = Self::dated(digits) {
                if (0..=OLDEST).contains(&number.age_on(event)) {
                    return Ok(number);
                }
                flaw = Flaw::Age;
            }
        }
        Err(flaw)
    }

    /// Twelve digits with the date they hold. A samordningsnummer has 60 added to the day; its month may be 00 and its day
    /// 60 (unknown), and real ones name days that no calendar has.
    fn dated(digits: [u8; 12]) -> Option<Self> {
        let number =
            |range: std::ops::Range<usize>| digits[range].iter().fold(0, |sum, &digit| sum * 10 + u32::from(digit));
        let (year, month, day) = (number(0..4).cast_signed(), number(4..6), number(6..8));
        let known =
            if day >= 60 { month <= 12 && day <= 91 } else { NaiveDate::from_ymd_opt(year, month, day).is_some() };
        let day = if day >= 60 { day - 60 } else { day };
        (known && year > 0).then_some(Self {
            digits,
            year,
            month: (month > 0).then_some(month),
            day: (day > 0).then_some(day),
        })
    }

    /// The canonical form: twelve digits. For the pseudonym, and for nothing else.
    pub(crate) fn with_canonical<T>(&self, use_it: impl FnOnce(&str) -> T) -> T {
        let text = self.digits.map(|digit| b'0' + digit);
        use_it(std::str::from_utf8(&text).unwrap_or_default())
    }

    /// By the third of the last four digits.
    pub fn sex(&self) -> Sex {
        if self.digits[10] % 2 == 1 { Sex::Pojke } else { Sex::Flicka }
    }

    pub fn birth_year(&self) -> i32 {
        self.year
    }

    /// 1–12; none where the number has month 00.
    pub fn birth_month(&self) -> Option<u32> {
        self.month
    }

    /// Whole years on that day; by year alone where month or day is unknown. Negative before birth.
    pub fn age_on(&self, day: NaiveDate) -> i32 {
        let years = day.year() - self.year;
        match (self.month, self.day) {
            (Some(month), Some(born)) if (day.month(), day.day()) < (month, born) => years - 1,
            _ => years,
        }
    }
}

/// ISO/IEC 7812-1: every second digit doubled, from the right but the last; the digits' sum ends in 0.
pub(super) fn luhn_holds(digits: &[u8]) -> bool {
    let value = |(place, &digit): (usize, &u8)| {
        let value = u32::from(digit) << (place % 2);
        if value > 9 { value - 9 } else { value }
    };
    digits.iter().rev().enumerate().map(value).sum::<u32>() % 10 == 0
}

/// True when twelve digits are a valid number of anyone born from 1850 on.
pub(super) fn is_number(digits: [u8; 12]) -> bool {
    luhn_holds(&digits[2..])
        && digits[8..11] != [0; 3]
        && Personnummer::dated(digits).is_some_and(|number| (1850..2100).contains(&number.year))
}

#[cfg(test)]
mod tests;
