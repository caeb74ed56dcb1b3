//! Names in SQL text: identifiers in quotes, and the names that `docs/ARCHITECTURE.md` agrees on.

/// An identifier in quotes.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `core."table"`.
pub fn in_core(table: &str) -> String {
    format!("core.{}", quoted(table))
}

/// Key column of a dimension: `dim_child` → `child_key`.
pub fn key_of(dimension: &str) -> String {
    format!("{}_key", dimension.strip_prefix("dim_").unwrap_or(dimension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_in_a_name_ends_nothing() {
        assert_eq!(in_core("a\"b"), "core.\"a\"\"b\"");
        assert_eq!(key_of("dim_child"), "child_key");
    }
}
