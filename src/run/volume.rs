//! The volume rule: a file with far fewer rows than the version in force waits for a word.

use crate::{Error, error::codes, settings::Run};

/// The reason to hold a file with `rows` rows, `before` being the rows of the last accepted version.
pub fn judge(rows: i64, before: Option<i64>, limits: &Run) -> Option<Error> {
    let before = before.unwrap_or(0);
    #[expect(clippy::cast_precision_loss, reason = "row counts are far below 2^52")]
    let share = |rows: i64| rows as f64;
    if rows == 0 && before > 0 {
        Some(Error::new(&codes::run::EMPTIED).detail(format!("0 rows, {before} before")))
    } else if before >= limits.hold_min_rows && share(rows) < share(before) * limits.hold_share {
        Some(Error::new(&codes::run::VOLUME).detail(format!("{rows} rows, {before} before")))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Run {
        let settings = crate::settings::Settings::load(None, std::iter::empty()).expect("the default settings");
        settings.run
    }

    fn code(rows: i64, before: Option<i64>) -> Option<&'static str> {
        judge(rows, before, &limits()).map(|error| error.code().id)
    }

    #[test]
    fn fewer_than_half_of_at_least_twenty_rows_is_held() {
        assert_eq!(code(9, Some(20)), Some("RUN-004"));
        assert_eq!(code(10, Some(20)), None);
        assert_eq!(code(1, Some(19)), None);
    }

    #[test]
    fn a_header_alone_is_held_only_where_rows_were() {
        assert_eq!(code(0, Some(1)), Some("RUN-005"));
        assert_eq!(code(0, Some(0)), None);
        assert_eq!(code(0, None), None);
    }
}
