//! Vouchers: `#VER`, `{`, rows, `}`. Each must balance, over all classes of accounts, or the file is refused.
//!
//! Only `#TRANS` counts: a `#RTRANS` is followed by an identical `#TRANS`, and a `#BTRANS` was struck out.
//! A voucher of which an amount cannot be read is not summed; that row is rejected by itself.

use chrono::NaiveDate;

use super::{entry::Entry, lines::Place, token::Row};
use crate::{Error, Result, error::codes::parse as codes, model::Ore};

#[derive(Debug, Default)]
pub(super) struct Vouchers {
    current: Option<Voucher>,
}

#[derive(Debug)]
struct Voucher {
    date: Option<NaiveDate>,
    line: i64,
    open: bool,
    sum: Ore,
    unreadable: bool,
}

impl Vouchers {
    pub(super) fn see(&mut self, entry: &Entry<'_>, row: &Row<'_>, place: Place) -> Result<()> {
        match entry {
            Entry::Voucher(date) => {
                self.finish()?;
                let opens = row.opens();
                self.current = Some(Voucher {
                    date: *date,
                    line: place.line,
                    open: opens,
                    sum: Ore::default(),
                    unreadable: false,
                });
            }
            _ if row.opens() => return Err(braces(place.line)),
            Entry::Transaction(movement) => {
                let voucher = self.current.as_mut().filter(|voucher| voucher.open).ok_or_else(|| braces(place.line))?;
                match &movement.amount {
                    Ok(amount) => voucher.sum += *amount,
                    Err(_) => voucher.unreadable = true,
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The date of the voucher being read.
    pub(super) fn date(&self) -> Option<NaiveDate> {
        self.current.as_ref().and_then(|voucher| voucher.date)
    }

    pub(super) fn open(&mut self, place: Place) -> Result<()> {
        let voucher = self.current.as_mut().filter(|voucher| !voucher.open).ok_or_else(|| braces(place.line))?;
        voucher.open = true;
        Ok(())
    }

    pub(super) fn close(&mut self, place: Place) -> Result<()> {
        let voucher = self.current.take().filter(|voucher| voucher.open).ok_or_else(|| braces(place.line))?;
        if voucher.sum != Ore::default() && !voucher.unreadable {
            return Err(Error::new(&codes::SIE_UNBALANCED).at(format!("line {}", voucher.line)));
        }
        Ok(())
    }

    /// No voucher may be open at the end of the file or at the next one.
    pub(super) fn finish(&self) -> Result<()> {
        match &self.current {
            Some(voucher) if voucher.open => Err(braces(voucher.line)),
            _ => Ok(()),
        }
    }
}

fn braces(line: i64) -> Error {
    Error::new(&codes::SIE_BRACES).at(format!("line {line}"))
}
