//! XLSX by §2 and §4 of the extract contract: one sheet of a workbook, as people make it.

use super::{Context, ParseEnd, ParsedBatch};
use crate::{
    error::{Error, Result, codes},
    land::LandedFile,
};

pub(super) fn parse(
    file: &LandedFile,
    _context: &Context<'_>,
    _sink: &mut dyn FnMut(ParsedBatch) -> Result<()>,
) -> Result<ParseEnd> {
    drop(file.reader()?);
    Err(Error::new(&codes::parse::XLSX_READER))
}
