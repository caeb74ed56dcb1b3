//! Cells that only some rows keep: elsewhere what stands there may name a private person.

use super::column::unusable;
use crate::{
    error::Result,
    parse::{Context, cell::Cell},
    pipeline::{Column, KeepWhen, fold},
};

/// The column that decides, and the codes with which the cell is kept.
pub(super) struct KeptWhen {
    place: usize,
    folded_codes: Vec<String>,
}

impl KeptWhen {
    pub fn new(context: &Context<'_>, column: &Column, keep_when: &KeepWhen) -> Result<Self> {
        let pipeline = context.pipeline;
        let place = pipeline.columns.iter().position(|deciding| deciding.name == keep_when.column);
        let place = place.ok_or_else(|| unusable(pipeline.name.as_str(), &column.name, "keep_when"))?;
        Ok(Self { place, folded_codes: keep_when.is.iter().map(|code| fold(code)).collect() })
    }

    pub fn holds<'c>(&self, cell: &dyn Fn(usize) -> Cell<'c>) -> bool {
        let Cell::Text(code) = cell(self.place) else { return false };
        let code = fold(code);
        self.folded_codes.contains(&code)
    }
}
