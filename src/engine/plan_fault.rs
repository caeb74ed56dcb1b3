//! Why a piece of SQL does not compile, in our own words.

use datafusion::{common::SchemaError, error::DataFusionError};

/// A fragment for a finding: names columns, never values or the library's own text.
pub fn plan_fault(error: &DataFusionError) -> String {
    match error.find_root() {
        DataFusionError::SQL(..) => "is not valid SQL".to_owned(),
        DataFusionError::SchemaError(schema, _) => match schema.as_ref() {
            SchemaError::FieldNotFound { field, .. } => format!("names the unknown column `{}`", field.name),
            SchemaError::AmbiguousReference { field } => format!("names the ambiguous column `{}`", field.name),
            SchemaError::DuplicateQualifiedField { name, .. } | SchemaError::DuplicateUnqualifiedField { name } => {
                format!("has the column `{name}` twice")
            }
        },
        _ => "does not fit the declared columns, or uses a table or function that does not exist".to_owned(),
    }
}
