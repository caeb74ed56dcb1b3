//! Skatteverket's test numbers through the reader, and the rules of age and century.

use proptest::prelude::*;

use super::*;
use crate::privacy::{Shapes, holds_personnummer};

const COORDINATION: &str = include_str!("../../../tests/corpora/personnummer/allCoords.json");
const CHILDREN: &str = include_str!("../../../tests/corpora/personnummer/children.json");
const LIST: &str = include_str!("../../../tests/corpora/personnummer/list.json");
const STRUCTURED: &str = include_str!("../../../tests/corpora/personnummer/structured.json");
const INTERIM: &str = include_str!("../../../tests/corpora/personnummer/interim.json");
const ORGANISATIONS: &str = include_str!("../../../tests/corpora/personnummer/orgnumber.json");

fn numbers(json: &str) -> Vec<String> {
    serde_json::from_str(json).unwrap()
}

fn entries(json: &str) -> Vec<serde_json::Value> {
    serde_json::from_str(json).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn is_valid(text: &str) -> bool {
    Personnummer::read(text, None).is_ok()
}

#[test]
fn every_official_coordination_number_is_an_identity() {
    let numbers = numbers(COORDINATION);
    assert_eq!(numbers.len(), 2264);
    for number in numbers {
        assert!(is_valid(&number), "{number}");
        assert!(is_valid(&format!("{}-{}", &number[..8], &number[8..])), "{number}");
        let read = Personnummer::read(&number, None).unwrap();
        assert_eq!(read.birth_month(), number[4..6].parse().ok().filter(|month| *month > 0));
    }
}

#[test]
fn the_edge_cases_are_read_as_their_authors_say() {
    for entry in entries(LIST) {
        let valid = entry["valid"].as_bool().unwrap();
        for form in ["long_format", "separated_long"] {
            let text = entry[form].as_str().unwrap();
            // A plus says over a hundred years old, which no child is.
            assert_eq!(is_valid(text), valid && !text.contains('+'), "{text}");
        }
        if valid && !entry["separated_long"].as_str().unwrap().contains('+') {
            let number = Personnummer::read(entry["long_format"].as_str().unwrap(), None).unwrap();
            assert_eq!(number.sex() == Sex::Pojke, entry["isMale"].as_bool().unwrap());
        }
        let ten_digits = entry["short_format"].as_str().unwrap();
        assert_eq!(Personnummer::read(ten_digits, Some(day("2007-05-01"))), Err(Flaw::Form), "{ten_digits}");
    }
}

#[test]
fn the_structured_cases_agree() {
    let cases: serde_json::Value = serde_json::from_str(STRUCTURED).unwrap();
    for kind in ["ssn", "con"] {
        for (validity, valid) in [("valid", true), ("invalid", false)] {
            for text in cases[kind]["string"][validity].as_array().unwrap() {
                let text = text.as_str().unwrap();
                if text.len() == 12 || text.len() == 13 {
                    assert_eq!(is_valid(text), valid && !text.contains('+'), "{text}");
                }
            }
        }
    }
}

#[test]
fn interim_numbers_and_organisations_are_none() {
    for entry in entries(INTERIM) {
        for form in ["long_format", "short_format", "separated_format", "separated_long"] {
            let text = entry[form].as_str().unwrap();
            assert_eq!(Personnummer::read(text, Some(day("2007-05-01"))), Err(Flaw::Form), "{text}");
        }
    }
    for entry in entries(ORGANISATIONS) {
        let text = entry["separated_format"].as_str().unwrap();
        assert!(Personnummer::read(text, Some(day("2007-05-01"))).is_err(), "{text}");
    }
}

#[test]
fn all_three_forms_are_one_child() {
    let event = day("2007-12-31");
    for number in numbers(CHILDREN) {
        let read = |text: &str| Personnummer::read(text, Some(event)).unwrap().with_canonical(str::to_owned);
        assert_eq!(read(&number), number);
        assert_eq!(read(&format!("{}-{}", &number[..8], &number[8..])), number);
        assert_eq!(read(&format!("{}-{}", &number[2..8], &number[8..])), number);
    }
}

#[test]
fn age_is_exact_to_the_day_and_by_year_where_the_date_is_not_known() {
    let of = |text: &str, on: &str| Personnummer::read(text, Some(day(on))).map(|number| number.age_on(day(on)));
    let number = numbers(CHILDREN).into_iter().find(|child| child.starts_with("2000") && &child[4..] > "0301").unwrap();
    let born = format!("2000-{}-{}", &number[4..6], &number[6..8]);
    let birthday = day(&born);
    assert_eq!(of(&number, &born), Ok(0));
    assert_eq!(of(&number, &birthday.pred_opt().unwrap().to_string()), Err(Flaw::Age));
    let last_day = day(&format!("2021{}", &born[4..])).pred_opt().unwrap().to_string();
    assert_eq!(of(&number, &last_day), Ok(20));
    assert_eq!(of(&number, &format!("2021{}", &born[4..])), Err(Flaw::Age));
    // Month 00: by year, so all of the twenty-first year passes and nothing after it.
    assert_eq!(of("200000672386", "2000-01-01"), Ok(0));
    assert_eq!(of("200000672386", "2020-12-31"), Ok(20));
    assert_eq!(of("200000672386", "2021-01-01"), Err(Flaw::Age));
    // Day 60: the month is known, the age still by year.
    assert_eq!(of("199008602394", "2007-01-01"), Ok(17));
    // 29 February 1979 is in no calendar; a samordningsnummer may name it.
    assert_eq!(of("197902902399", "1980-02-28"), Ok(0));
    assert_eq!(of("197902902399", "1980-03-01"), Ok(1));
}

#[test]
fn ten_digits_take_the_century_that_makes_a_child() {
    let read = |text: &str, on: &str| Personnummer::read(text, Some(day(on))).map(|number| number.birth_year());
    assert_eq!(read("900072-2396", "2007-01-01"), Err(Flaw::CheckDigit));
    assert_eq!(read("900074-2396", "2007-01-01"), Ok(1990));
    assert_eq!(read("000067-2386", "2007-01-01"), Ok(2000));
    assert_eq!(read("000067-2386", "2040-01-01"), Err(Flaw::Age));
    assert_eq!(read("900074-2396", "2011-01-01"), Err(Flaw::Age));
    assert_eq!(Personnummer::read("900074-2396", None), Err(Flaw::NoEvent));
    assert_eq!(read("900074+2396", "2007-01-01"), Err(Flaw::Plus));
}

#[test]
fn a_number_in_other_text_is_found() {
    let number = &numbers(CHILDREN)[0];
    let (born, last) = number.split_at(8);
    for text in [
        number.clone(),
        format!("{born}-{last}"),
        format!("{}-{last}", &born[2..]),
        format!("avser {born}-{last}, se akt"),
        format!("dnr/{number}/2007"),
        format!("{born}\u{2013}{last}"),
    ] {
        assert!(holds_personnummer(&text, Shapes::Contract), "{text}");
    }
    let ten = format!("{}{last}", &born[2..]);
    assert!(holds_personnummer(&ten, Shapes::Text) && !holds_personnummer(&ten, Shapes::Contract));
    for text in [format!("1{number}"), format!("{born} {last}"), "2007-03-04".to_owned(), "A-2007-000123-4".to_owned()]
    {
        assert!(!holds_personnummer(&text, Shapes::Text), "{text}");
    }
    for number in numbers(COORDINATION) {
        assert!(holds_personnummer(&number, Shapes::Contract), "{number}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "\\PC{0,16}", digits in "[0-9]{6,8}[-+]?[0-9TRS]{4}") {
        let event = Some(day("2007-05-01"));
        for text in [&text, &digits] {
            let read = Personnummer::read(text, event);
            let _ = holds_personnummer(text, Shapes::Text);
            let printed = format!("{read:?}");
            prop_assert!(text.len() < 6 || !printed.contains(text.as_str()));
            if let Ok(number) = read {
                prop_assert!((0..=20).contains(&number.age_on(day("2007-05-01"))));
                prop_assert!(number.with_canonical(|canonical| canonical.len() == 12 && text.contains(&canonical[8..])));
            }
        }
    }

    #[test]
    fn one_wrong_digit_is_always_found(child in 0_usize..60, place in 2_usize..12, by in 1_u8..10) {
        let mut number = numbers(CHILDREN)[child].clone().into_bytes();
        number[place] = b'0' + (number[place] - b'0' + by) % 10;
        prop_assert!(!is_valid(std::str::from_utf8(&number).unwrap()));
    }
}
