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

/// The line of the text on which the mistake stands: as the parser tells it, else where the column is named first, else where
/// the statement begins.
pub fn plan_line(error: Option<&DataFusionError>, sql: &str) -> usize {
    let told = match error.map(DataFusionError::find_root) {
        // The parser's message may quote the text; only its number is taken.
        Some(DataFusionError::SQL(error, _)) => error.to_string().rsplit_once("Line: ").and_then(|(_, rest)| {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().ok()
        }),
        Some(DataFusionError::SchemaError(schema, _)) => match schema.as_ref() {
            SchemaError::FieldNotFound { field, .. } | SchemaError::AmbiguousReference { field } => {
                line_of(sql, |line| names(line, &field.name))
            }
            SchemaError::DuplicateQualifiedField { .. } | SchemaError::DuplicateUnqualifiedField { .. } => None,
        },
        _ => None,
    };
    told.or_else(|| line_of(sql, |line| !line.trim().is_empty())).unwrap_or(1)
}

fn line_of(sql: &str, wanted: impl Fn(&str) -> bool) -> Option<usize> {
    let mut lines = sql.lines().map(|line| line.split("--").next().unwrap_or_default());
    lines.position(wanted).map(|line| line + 1)
}

fn names(line: &str, name: &str) -> bool {
    line.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::SessionContext;

    use super::*;

    async fn place(sql: &str) -> usize {
        let error = SessionContext::new().sql(sql).await.expect_err("a mistake");
        plan_line(Some(&error), sql)
    }

    #[tokio::test]
    async fn a_mistake_has_a_line() {
        assert_eq!(place("-- x of y\nselect\n    x\nfrom (select 1 as y)").await, 3);
        assert_eq!(place("-- grain\nselect 1 as y\nfromm (select 1").await, 3);
        assert_eq!(place("-- grain\n\nselect y from nowhere").await, 3);
    }
}
