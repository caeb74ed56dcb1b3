//! Properties of the cell grammar: what is written by the contract is read back, and nothing else is taken for it.

use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;

use super::{class, date, epoch_days, hundredths, integer, month, year};

/// An amount as any legal producer may write it.
fn written(amount: i64, separator: &str, minus: &str, decimals: usize) -> String {
    let whole = (amount.unsigned_abs() / 100).to_string();
    let groups: Vec<&str> =
        whole.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
    let sign = if amount < 0 { minus } else { "" };
    let fraction = format!("{:02}", amount.unsigned_abs() % 100);
    let fraction = if decimals == 0 { String::new() } else { format!(",{}", &fraction[..decimals]) };
    format!("{sign}{}{fraction}", groups.join(separator))
}

proptest! {
    #[test]
    fn amounts_are_read_back_over_all_separators_and_signs(
        amount in -99_999_999_999_999_i64..=99_999_999_999_999,
        separator in prop::sample::select(vec!["", " ", "\u{a0}", "\u{2009}", "\u{202f}"]),
        minus in prop::sample::select(vec!["-", "\u{2212}"]),
    ) {
        prop_assert_eq!(hundredths(&written(amount, separator, minus, 2)), Some(i128::from(amount)));
        prop_assert_eq!(hundredths(&written(amount / 10 * 10, separator, minus, 1)), Some(i128::from(amount / 10 * 10)));
        let whole = written(amount / 100 * 100, separator, minus, 0);
        prop_assert_eq!(hundredths(&whole), Some(i128::from(amount / 100 * 100)));
        prop_assert_eq!(integer(&whole), Some(amount / 100));
    }

    #[test]
    fn what_is_read_as_an_amount_is_written_like_one(text in "[-\u{2212}]?[0-9 ,.\u{a0}]{0,14}") {
        if let Some(amount) = hundredths(&text) {
            let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
            prop_assert!(!text.contains('.') && text.matches(',').count() <= 1);
            let decimals = text.split_once(',').map_or(0, |(_, fraction)| fraction.len());
            prop_assert_eq!(decimals, text.split_once(',').map_or(0, |(_, fraction)| digits(fraction)));
            let scaled: i128 = text.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap();
            prop_assert_eq!(amount.abs(), scaled * [100, 10, 1][decimals]);
        }
    }

    #[test]
    fn dates_are_read_back(days in 0_u64..80_000) {
        let day = NaiveDate::from_ymd_opt(1890, 1, 1).unwrap() + Days::new(days);
        prop_assert_eq!(date(&day.format("%Y-%m-%d").to_string()), Some(day));
        prop_assert_eq!(month(&day.format("%Y-%m").to_string()), day.with_day(1));
        prop_assert_eq!(year(&day.format("%Y").to_string()).map(i32::from), Some(day.year()));
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
        prop_assert_eq!(i64::from(epoch_days(day)), (day - epoch).num_days());
    }

    #[test]
    fn nothing_panics_and_no_class_holds_the_text(text in "\\PC{0,40}") {
        let _ = (date(&text), month(&text), year(&text), hundredths(&text), integer(&text));
        let said = class(&text);
        prop_assert!(text.chars().count() < 4 || !said.contains(&text));
    }
}
