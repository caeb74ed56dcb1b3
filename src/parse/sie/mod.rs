//! SIE 4 (types 2, 3 and 4E, SIE 4B 2008-09-30) → cost and budget per account, activity and month.
//!
//! In: a landed file and the declaration of `ekonomi`. Out: batches of its columns. Two passes, one line in memory at a time:
//! the first ([`survey`]) proves the file and finds its [`reading`], the second ([`emit`]) gives the rows. Money is exact (öre).
//! Nothing is guessed: a file that is not proven, or whose sums close in no reading, is refused.
//!
//! A record is a row of the file (a line with a label, the n-th of them); its line is the physical one.
//! *Read* are `#PSALDO`, `#PBUDGET`, `#TRANS` and `#RES`. Each is one of:
//! - out of scope: year index other than 0; accounts of other classes than 3–8;
//! - control: `#RES`; `#TRANS` where `#PSALDO` stands; rows with objects that the reading does not count (as totals: those without
//!   activity; as remainder of activities: those with other objects only); a total without remainder;
//! - a row of the dataset: all others. As totals, a total that activities divide gives the remainder as its amount, and what
//!   the activities hold is control. A total left out is read as a row of zero, at the place of its first activity.
//!
//! Rows without activity of a deliverer that has an activity dimension are reported once per file (`without_activity`).
//!
//! So read = rows given + control + out of scope, in rows and in öre. Other labels are ignored, as the standard demands.

mod activity;
mod amount;
mod checksum;
mod codepage;
mod emit;
mod entry;
mod lines;
mod reading;
mod survey;
mod token;
mod voucher;

#[cfg(test)]
mod tests;

use std::io::{BufRead, BufReader};

use codepage::CodePage;
use emit::Emitter;
use reading::Reading;
use survey::Survey;

use super::{Context, ParseEnd, ParsedBatch, rows::RowSink};
use crate::{
    Error, Result,
    error::codes::parse as codes,
    land::{Encoding, LandedFile},
    model::{Reason, Severity},
};

/// Reads one landed SIE file to its end.
///
/// # Errors
/// A refusal of the file (`PARS-1xx`), a failure to read it, or the sink's error.
pub(super) fn parse(
    file: &LandedFile,
    context: &Context<'_>,
    sink: &mut dyn FnMut(ParsedBatch) -> Result<()>,
) -> Result<ParseEnd> {
    if file.has_nul() {
        return Err(Error::new(&codes::NUL));
    }
    read(|| Ok(BufReader::with_capacity(1 << 16, file.reader()?)), file.encoding(), context, sink)
}

/// `open` is called twice, once for each pass.
fn read<R: BufRead>(
    open: impl Fn() -> Result<R>,
    encoding: Encoding,
    context: &Context<'_>,
    sink: &mut dyn FnMut(ParsedBatch) -> Result<()>,
) -> Result<ParseEnd> {
    let dimension = context.deliverer.sie.activity_dimension;
    let year = context.slice.period.year().ok_or_else(|| Error::new(&codes::SIE_OTHER_YEAR))?;
    let survey = Survey::of(open()?, dimension)?;
    let reading = Reading::of(&survey, year)?;
    let code_page = match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => CodePage::Utf8,
        Encoding::NotUtf8 => survey.evidence.decide(),
    };
    let rows = RowSink::new(context, sink)?;
    let (tally, without_activity) = Emitter::new(&survey, reading, code_page, context, rows)?.read(open()?)?;
    let reported = dimension.is_some() && without_activity > 0;
    let file_reasons =
        reported.then(|| remainder(context.pipeline.name.as_str(), without_activity)).into_iter().collect();
    Ok(ParseEnd { tally, file_reasons })
}

/// Tells that rows carry none of the activities the deliverer says they have: they stay outside every area.
fn remainder(dataset: &str, rows: u64) -> Reason {
    Reason {
        record: 0,
        line: 1,
        rule: format!("{dataset}.file.without_activity").into(),
        column: None,
        class: format!("rows={rows}"),
        severity: Severity::Warn,
        heals: false,
    }
}
