//! Years expected of a dataset: `2006..2008` (both included), `2022`, or `none`.

use std::ops::RangeInclusive;

use super::Pipeline;
use crate::settings::Settings;

/// The word for no year at all: the dataset is known, but nothing of it is expected.
const NONE: &str = "none";

/// A range without years.
#[expect(clippy::reversed_empty_ranges, reason = "a range without years")]
const NO_YEARS: RangeInclusive<i32> = 1..=0;

/// Reads a coverage; `None` when it is not one or runs backwards.
pub fn parse_years(text: &str) -> Option<RangeInclusive<i32>> {
    if text == NONE {
        return Some(NO_YEARS);
    }
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let (first, last) = (year(first)?, year(last)?);
    (first <= last).then_some(first..=last)
}

fn year(text: &str) -> Option<i32> {
    let text = text.trim();
    let four_digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    four_digits.then(|| text.parse().ok()).flatten()
}

impl Pipeline {
    /// The years expected: the settings' `[coverage]`, else the pipeline's own.
    pub fn years(&self, settings: &Settings) -> RangeInclusive<i32> {
        let text = settings.coverage.get(self.name.as_str()).unwrap_or(&self.coverage);
        // Both texts were checked when they were read.
        parse_years(text).unwrap_or(NO_YEARS)
    }
}

#[cfg(test)]
mod tests {
    use super::parse_years;

    #[test]
    fn reads_years_and_ranges() {
        assert_eq!(parse_years("2006..2008"), Some(2006..=2008));
        assert_eq!(parse_years("2022"), Some(2022..=2022));
        assert_eq!(parse_years("none").map(Iterator::count), Some(0));
        for wrong in ["", "2008..2006", "06..08", "2006-2008", "2006..", "2006...2008"] {
            assert_eq!(parse_years(wrong), None, "{wrong}");
        }
    }
}
