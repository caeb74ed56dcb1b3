//! `#KSUMMA`: CRC-32 over the bytes of labels and fields between the two rows, as they stand in the file.
//!
//! Blanks, enclosing quotes and braces are left out and `\"` counts as a quote (SIE 4B, chapter 8), so the sum does not
//! depend on line ends. A file without `#KSUMMA` is not checked; one that only begins it was cut off.

use crc32fast::Hasher;

use super::{
    entry::{Entry, number},
    token::Row,
};
use crate::{Error, Result, error::codes::parse as codes};

#[derive(Debug, Default)]
pub(super) enum Checksum {
    #[default]
    Absent,
    Summing(Hasher),
    Proven,
}

impl Checksum {
    pub(super) fn see(&mut self, entry: &Entry<'_>, row: &Row<'_>) -> Result<()> {
        match (&mut *self, entry) {
            (Self::Absent, Entry::Checksum(None)) => *self = Self::Summing(Hasher::new()),
            (Self::Summing(hasher), Entry::Checksum(Some(sum))) => {
                if number::<u32>(sum) != Some(hasher.clone().finalize()) {
                    return Err(Error::new(&codes::SIE_CHECKSUM).detail("the sum differs"));
                }
                *self = Self::Proven;
            }
            (_, Entry::Checksum(_)) => return Err(Error::new(&codes::SIE_CHECKSUM).detail("#KSUMMA rows do not pair")),
            (Self::Summing(hasher), _) => row.summed().for_each(|field| hasher.update(field)),
            (Self::Absent | Self::Proven, _) => {}
        }
        Ok(())
    }

    pub(super) fn finish(&self) -> Result<()> {
        match self {
            Self::Summing(_) => Err(Error::new(&codes::SIE_CHECKSUM).detail("the closing #KSUMMA is missing")),
            Self::Absent | Self::Proven => Ok(()),
        }
    }
}
