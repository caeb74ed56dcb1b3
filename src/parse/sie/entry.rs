//! A row → what it says, of the labels this dataset needs. All others are ignored, as the standard demands.
//!
//! Fields follow SIE 4B: `#PSALDO year period account {objects} amount quantity`, `#TRANS account {objects} amount date …`.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::{amount, token::Row};
use crate::model::Ore;

/// One label's content.
#[derive(Debug)]
pub(super) enum Entry<'r> {
    Flag,
    FileType(&'r [u8]),
    Year {
        index: Option<i32>,
        first: Option<NaiveDate>,
        last: Option<NaiveDate>,
    },
    /// `#KSUMMA`: without a field it begins the sum, with one it ends it.
    Checksum(Option<&'r [u8]>),
    SubDimension {
        dimension: Option<u32>,
        parent: Option<u32>,
    },
    Object {
        dimension: Option<u32>,
        code: &'r [u8],
    },
    /// `#RES`: the year's sum of a result account.
    YearResult {
        year: Option<i32>,
        account: &'r [u8],
        amount: Result<Ore, String>,
    },
    /// `#PSALDO`
    Outcome(Movement<'r>),
    /// `#PBUDGET`
    Budget(Movement<'r>),
    /// `#VER`, with its date.
    Voucher(Option<NaiveDate>),
    /// `#TRANS`
    Transaction(Movement<'r>),
    /// `#RTRANS` and `#BTRANS` repeat or undo what `#TRANS` says; everything else is not of this dataset.
    Other,
}

/// An amount of an account in a month.
#[derive(Debug)]
pub(super) struct Movement<'r> {
    /// Year index; `None` where it is no number.
    pub(super) year: Option<i32>,
    /// First of the month, or the class of what stands there; `Ok(None)` where nothing does.
    pub(super) month: Result<Option<NaiveDate>, String>,
    pub(super) account: &'r [u8],
    pub(super) objects: &'r [Cow<'r, [u8]>],
    pub(super) amount: Result<Ore, String>,
}

/// Whether an account's class makes it a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Classes 3–8.
    Result,
    /// Classes 1–2 (balance), 9 (internal) and the unused 0.
    Other,
    /// Not an account number.
    Malformed,
}

impl<'r> Entry<'r> {
    pub(super) fn of(row: &'r Row<'_>) -> Self {
        let text = |position: usize| row.field(position, usize::MAX);
        match row.label().as_slice() {
            b"FLAGGA" => Self::Flag,
            b"SIETYP" => Self::FileType(text(0).unwrap_or_default()),
            b"RAR" => Self::Year {
                index: text(0).and_then(number),
                first: text(1).and_then(date),
                last: text(2).and_then(date),
            },
            b"KSUMMA" => Self::Checksum(text(0)),
            b"UNDERDIM" => Self::SubDimension { dimension: text(0).and_then(number), parent: text(2).and_then(number) },
            b"OBJEKT" => Self::Object { dimension: text(0).and_then(number), code: text(1).unwrap_or_default() },
            b"RES" => Self::YearResult {
                year: text(0).and_then(number),
                account: text(1).unwrap_or_default(),
                amount: amount::read(text(2).unwrap_or_default()),
            },
            b"PSALDO" => Self::Outcome(Movement::balance(row)),
            b"PBUDGET" => Self::Budget(Movement::balance(row)),
            b"VER" => Self::Voucher(text(2).and_then(date)),
            b"TRANS" => Self::Transaction(Movement::transaction(row)),
            _ => Self::Other,
        }
    }
}

impl<'r> Movement<'r> {
    fn balance(row: &'r Row<'_>) -> Self {
        Self {
            year: row.field(0, 3).and_then(number),
            month: row.field(1, 3).map_or(Ok(None), month),
            account: row.field(2, 3).unwrap_or_default(),
            objects: row.objects(),
            amount: amount::read(row.field(3, 3).unwrap_or_default()),
        }
    }

    fn transaction(row: &'r Row<'_>) -> Self {
        let own_date = row.field(2, 1).filter(|text| !text.is_empty());
        Self {
            year: Some(0),
            month: own_date.map_or(Ok(None), |text| match date(text) {
                Some(date) => Ok(first_of_month(date)),
                None => Err(format!("not a date, len={}", text.len())),
            }),
            account: row.field(0, 1).unwrap_or_default(),
            objects: row.objects(),
            amount: amount::read(row.field(1, 1).unwrap_or_default()),
        }
    }

    pub(super) fn class(&self) -> Class {
        class(self.account)
    }

    /// True when the row cannot be anything but another period's or another class's.
    pub(super) fn out_of_scope(&self) -> bool {
        self.year.is_some_and(|year| year != 0) || self.class() == Class::Other
    }

    /// No year index, or an object list that is not made of pairs: the fields cannot be told from one another.
    pub(super) fn is_ragged(&self) -> bool {
        self.year.is_none() || !self.objects.len().is_multiple_of(2)
    }

    /// The parts of a sound row: account, month, amount.
    pub(super) fn sound(&self) -> Option<(String, NaiveDate, Ore)> {
        match (&self.month, &self.amount, self.class(), self.is_ragged()) {
            (Ok(Some(month)), Ok(amount), Class::Result, false) => Some((account_text(self.account), *month, *amount)),
            _ => None,
        }
    }
}

/// The class of an account number.
pub(super) fn class(account: &[u8]) -> Class {
    if account.is_empty() || account.len() > 16 || !account.iter().all(u8::is_ascii_digit) {
        return Class::Malformed;
    }
    match account[0] {
        b'3'..=b'8' => Class::Result,
        _ => Class::Other,
    }
}

/// An account number that has a class is ASCII.
pub(super) fn account_text(account: &[u8]) -> String {
    String::from_utf8_lossy(account).into_owned()
}

pub(super) fn number<N: std::str::FromStr>(text: &[u8]) -> Option<N> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// `ÅÅÅÅMMDD`, or with dashes as some programs write it.
fn date(text: &[u8]) -> Option<NaiveDate> {
    let digits: Vec<u8> = text.iter().copied().filter(|&byte| byte != b'-').collect();
    if digits.len() != 8 || !matches!(text.len(), 8 | 10) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    NaiveDate::from_ymd_opt(number(&digits[..4])?, number(&digits[4..6])?, number(&digits[6..])?)
}

/// `ÅÅÅÅMM` → first of the month.
fn month(text: &[u8]) -> Result<Option<NaiveDate>, String> {
    let read = || {
        let digits = text.len() == 6 && text.iter().all(u8::is_ascii_digit);
        digits.then(|| NaiveDate::from_ymd_opt(number(&text[..4])?, number(&text[4..])?, 1)).flatten()
    };
    if text.is_empty() { Ok(None) } else { read().map(Some).ok_or_else(|| format!("not a month, len={}", text.len())) }
}

pub(super) fn first_of_month(date: NaiveDate) -> Option<NaiveDate> {
    chrono::Datelike::with_day(&date, 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::sie::token::{Line, tokenise};

    fn with<T>(line: &str, check: impl FnOnce(Entry<'_>) -> T) -> T {
        match tokenise(line.as_bytes()) {
            Ok(Line::Row(row)) => check(Entry::of(&row)),
            other => panic!("not a row: {other:?}"),
        }
    }

    #[test]
    fn a_balance_with_and_without_list_and_quantity() {
        for line in
            ["#PSALDO 0 200703 5010 {} -12.5", "#psaldo 0 200703 5010 {} -12.5 4", "#PSALDO 0 200703 5010 -12.5"]
        {
            with(line, |entry| {
                let Entry::Outcome(movement) = entry else { panic!("{line}") };
                let march = NaiveDate::from_ymd_opt(2007, 3, 1).unwrap();
                assert_eq!(movement.sound(), Some(("5010".to_owned(), march, Ore(-1250))), "{line}");
            });
        }
    }

    #[test]
    fn a_transaction_has_its_own_date_or_none() {
        let month_of = |line: &str| {
            with(line, |entry| match entry {
                Entry::Transaction(movement) => movement.month,
                _ => panic!("{line}"),
            })
        };
        assert_eq!(month_of("#TRANS 5010 {} 1 20070331 x"), Ok(NaiveDate::from_ymd_opt(2007, 3, 1)));
        assert_eq!(month_of("#TRANS 5010 {} 1"), Ok(None));
        assert_eq!(month_of("#TRANS 5010 {} 1 \"\" x"), Ok(None));
        assert_eq!(month_of("#TRANS 5010 {} 1 20070231"), Err("not a date, len=8".to_owned()));
    }

    #[test]
    fn classes_of_accounts() {
        for (account, expected) in [
            ("1910", Class::Other),
            ("2999", Class::Other),
            ("30", Class::Result),
            ("85100000", Class::Result),
            ("9000", Class::Other),
            ("0100", Class::Other),
            ("50x", Class::Malformed),
            ("", Class::Malformed),
        ] {
            assert_eq!(class(account.as_bytes()), expected, "{account}");
        }
    }
}
