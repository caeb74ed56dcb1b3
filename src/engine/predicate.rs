//! One SQL condition, compiled against a schema once and evaluated on each batch.

use std::sync::Arc;

use arrow::{
    array::{Array, AsArray, BooleanArray, RecordBatch},
    datatypes::{DataType, Schema},
};
use datafusion::{
    common::{DFSchema, plan_err},
    error::Result,
    execution::SessionState,
    physical_expr::PhysicalExpr,
};

/// A compiled boolean expression. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Predicate(Arc<dyn PhysicalExpr>);

impl Predicate {
    /// Fails when the text does not parse, names an unknown column or is not boolean.
    pub(super) fn compile(state: &SessionState, schema: &Schema, sql: &str) -> Result<Self> {
        let columns = DFSchema::try_from(schema.clone())?;
        let logical = state.create_logical_expr(sql, &columns)?;
        let physical = state.create_physical_expr(logical, &columns)?;
        match physical.data_type(schema)? {
            DataType::Boolean | DataType::Null => Ok(Self(physical)),
            _ => plan_err!("not boolean"),
        }
    }

    /// One truth value per row of the batch; `None` when the evaluation fails (a division by zero, an overflow).
    pub fn evaluate(&self, batch: &RecordBatch) -> Option<BooleanArray> {
        let values = self.0.evaluate(batch).ok()?.into_array(batch.num_rows()).ok()?;
        match values.data_type() {
            DataType::Null => Some(BooleanArray::new_null(values.len())),
            _ => values.as_boolean_opt().cloned(),
        }
    }
}

/// The rows at which `values` is `wanted`; null is neither.
pub fn rows_where(values: &BooleanArray, wanted: bool) -> impl Iterator<Item = usize> + '_ {
    let matching = if wanted { values.values().clone() } else { !values.values() };
    let matching = match values.nulls() {
        Some(nulls) => &matching & nulls.inner(),
        None => matching,
    };
    matching.set_indices().collect::<Vec<_>>().into_iter()
}
