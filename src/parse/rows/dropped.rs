//! Cells that are not kept: another column of the row says that what stands there names a private person.

use super::column::unusable;
use crate::{
    error::Result,
    parse::{Context, cell::Cell},
    pipeline::{Column, DropWhen, fold},
};

/// The column that decides, and the codes for which nothing is kept.
pub(super) struct Dropped {
    place: usize,
    folded_codes: Vec<String>,
}

impl Dropped {
    pub fn new(context: &Context<'_>, column: &Column, drop_when: &DropWhen) -> Result<Self> {
        let pipeline = context.pipeline;
        let place = pipeline.columns.iter().position(|deciding| deciding.name == drop_when.column);
        let place = place.ok_or_else(|| unusable(pipeline.name.as_str(), &column.name, "drop_when"))?;
        Ok(Self { place, folded_codes: drop_when.is.iter().map(|code| fold(code)).collect() })
    }

    pub fn applies<'c>(&self, cell: &dyn Fn(usize) -> Cell<'c>) -> bool {
        let Cell::Text(code) = cell(self.place) else { return false };
        let code = fold(code);
        self.folded_codes.contains(&code)
    }
}
