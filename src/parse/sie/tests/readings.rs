//! The readings, with and without an activity dimension.

use super::{Parsed, file, parse, refusal};

fn sums(file_type: &str, rows: &str, dimension: Option<u32>) -> Vec<String> {
    let text = file(file_type, rows);
    parse(text.as_bytes(), 2007, dimension).map(|parsed| parsed.sums()).unwrap()
}

const TOTALS: &str = r#"
#DIM 1 "Ansvar"
#DIM 20 "Verksamhet"
#RES 0 5010 100.00
#RES 0 3010 -40.00
#RES -1 5010 7.00
#PSALDO 0 200701 5010 {} 60.00
#PSALDO 0 200701 5010 {1 "100" 20 "410"} 30.00
#PSALDO 0 200701 5010 {1 "200" 20 "410"} 10.00
#PSALDO 0 200701 5010 {20 "510"} 15.00
#PSALDO 0 200701 5010 {1 "300"} 5.00
#PSALDO 0 200702 5010 {} 40.00
#PSALDO 0 200702 5010 {20 "410"} 40.00
#PSALDO 0 200702 3010 {} -40.00
#PSALDO -1 200601 5010 {} 7.00
#PSALDO 0 200701 1910 {} -60.00
#PBUDGET 0 200701 5010 {} 70.00
#PBUDGET 0 200701 5010 {20 "410"} 50.00
"#;

#[test]
fn totals_leave_a_remainder_without_activity() {
    assert_eq!(
        sums("3", TOTALS, Some(20)),
        [
            "budget 5010/ 01 20.00",
            "budget 5010/410 01 50.00",
            "outcome 3010/ 02 -40.00",
            "outcome 5010/ 01 5.00",
            "outcome 5010/410 01 40.00",
            "outcome 5010/410 02 40.00",
            "outcome 5010/510 01 15.00",
        ]
    );
}

#[test]
fn totals_without_activity_dimension_are_the_rows() {
    let expected =
        ["budget 5010/ 01 70.00", "outcome 3010/ 02 -40.00", "outcome 5010/ 01 60.00", "outcome 5010/ 02 40.00"];
    assert_eq!(sums("3", TOTALS, None), expected);
    assert_eq!(sums("3", TOTALS, Some(21)), expected, "a dimension the file does not have");
}

#[test]
fn what_is_not_a_fact_is_counted() {
    let parsed: Parsed = parse(file("3", TOTALS).as_bytes(), 2007, Some(20)).unwrap();
    // Read: 3 #RES, 10 #PSALDO, 2 #PBUDGET. Control: 2 #RES of year 0, the row of {1 300}, the total of February.
    assert_eq!((parsed.tally.rows_read, parsed.tally.rows_control, parsed.tally.rows_out_of_scope), (15, 4, 3));
    assert_eq!(parsed.tally.amount_out_of_scope.0, 700 + 700 - 6000);
    let [reported] = parsed.file_reasons.as_slice() else { panic!("the remainder is reported once") };
    assert_eq!((&*reported.rule, reported.class.as_str()), ("ekonomi.file.without_activity", "rows=3"));
    let remainder = parsed.rows.iter().find(|row| row.activity.is_none() && row.scenario == "outcome").unwrap();
    assert_eq!((remainder.record, remainder.line), (11, 12), "the place of the total it is the rest of");
}

#[test]
fn remainder_adds_all_rows() {
    let rows = r#"
#RES 0 5010 100
#PSALDO 0 200701 5010 {} 10
#PSALDO 0 200701 5010 {1 "100" 20 "410"} 50
#PSALDO 0 200701 5010 {1 "200"} 40
#PBUDGET 0 200701 5010 {} 7
#PBUDGET 0 200701 5010 {1 "200" 20 "410"} 8 1
"#;
    assert_eq!(
        sums("3", rows, Some(20)),
        ["budget 5010/ 01 7.00", "budget 5010/410 01 8.00", "outcome 5010/ 01 50.00", "outcome 5010/410 01 50.00"]
    );
    assert_eq!(sums("3", rows, None), ["budget 5010/ 01 15.00", "outcome 5010/ 01 100.00"]);
}

#[test]
fn remainder_of_the_activity_where_another_dimension_repeats_the_amounts() {
    let rows = r#"
#RES 0 5010 100
#PSALDO 0 200701 5010 {} 10
#PSALDO 0 200701 5010 {20 "410"} 90
#PSALDO 0 200701 5010 {1 "200"} 95
"#;
    assert_eq!(sums("3", rows, Some(20)), ["outcome 5010/ 01 10.00", "outcome 5010/410 01 90.00"]);
    assert!(refusal(file("3", rows).as_bytes(), 2007, None).starts_with("PARS-111"));
}

#[test]
fn a_total_left_out_is_zero() {
    let rows = r#"
#RES 0 5010 100
#PSALDO 0 200701 5010 {} 100
#PSALDO 0 200702 5010 {20 "410"} 30
#PSALDO 0 200702 5010 {20 "410"} 5
#PSALDO 0 200702 5010 {1 "2"} -35
"#;
    let expected = ["outcome 5010/ 01 100.00", "outcome 5010/ 02 -35.00", "outcome 5010/410 02 35.00"];
    assert_eq!(sums("3", rows, Some(20)), expected);
}

#[test]
fn a_budget_per_object_only_stands_for_its_account() {
    let rows = r#"
#RES 0 5010 100
#PSALDO 0 200701 5010 {} 100
#PSALDO 0 200701 5010 {20 "410"} 80
#PBUDGET 0 200701 5010 {20 "410"} 60
#PBUDGET 0 200702 5010 {20 "410"} 61
"#;
    let outcome = ["outcome 5010/ 01 20.00", "outcome 5010/410 01 80.00"];
    let budget = ["budget 5010/410 01 60.00", "budget 5010/410 02 61.00"];
    assert_eq!(sums("3", rows, Some(20)), [budget, outcome].concat());
    let without = ["budget 5010/ 01 60.00", "budget 5010/ 02 61.00", "outcome 5010/ 01 100.00"];
    assert_eq!(sums("3", rows, None), without);
    let doubtful = format!("{rows}#PBUDGET 0 200701 5010 {{1 \"x\"}} 60\n");
    assert_eq!(
        refusal(file("3", &doubtful).as_bytes(), 2007, None),
        "PARS-111 accounts whose budget stands per object only, in several dimensions: 1 @ -"
    );
}

#[test]
fn transactions_where_there_is_no_balance() {
    let rows = r#"
#RES 0 5010 130
#RES 0 3010 -30
#PBUDGET 0 200701 5010 {} 40
#PBUDGET 0 200701 5010 {20 "410"} 60
#VER A 1 20070115 "Lön"
{
	#TRANS 5010 {1 "100" 20 "410"} 100 20070120
	#RTRANS 5010 {20 "410"} 30.00 20070215
	#TRANS 5010 {20 "410"} 30.00 20070215
	#BTRANS 5010 {} 999 20070115
	#TRANS 3010 {} -30
	#TRANS 1910 {} -100
}
"#;
    assert_eq!(
        sums("4", rows, Some(20)),
        [
            "budget 5010/ 01 40.00",
            "budget 5010/410 01 60.00",
            "outcome 3010/ 01 -30.00",
            "outcome 5010/410 01 100.00",
            "outcome 5010/410 02 30.00",
        ]
    );
    let with_balance = format!("{rows}#PSALDO 0 200703 5010 {{}} 130\n#PSALDO 0 200703 3010 {{}} -30\n");
    assert_eq!(sums("4", &with_balance, None)[1..], ["outcome 3010/ 03 -30.00", "outcome 5010/ 03 130.00"]);
    let short = rows.replace("#RES 0 5010 130", "#RES 0 5010 131");
    assert_eq!(
        refusal(file("4", &short).as_bytes(), 2007, None),
        "PARS-111 accounts whose transactions differ from #RES: 1 @ -"
    );
}

#[test]
fn type_2_has_five_fields_or_an_empty_list() {
    let rows = "#RES 0 5010 12.5\n#PSALDO 0 200701 5010 {} 12.5 3\n#PBUDGET 0 200701 5010 11.25\n";
    assert_eq!(sums("2", rows, Some(20)), ["budget 5010/ 01 11.25", "outcome 5010/ 01 12.50"]);
    let without_control = rows.replace("#RES 0 5010 12.5\n", "");
    assert_eq!(sums("2", &without_control, Some(20)), ["budget 5010/ 01 11.25", "outcome 5010/ 01 12.50"]);
}

#[test]
fn a_division_of_the_activity_counts_for_its_parent() {
    let rows = r#"
#UNDERDIM 21 "Del" 20
#OBJEKT 20 "410" "Barn"
#RES 0 5010 9
#PSALDO 0 200701 5010 {} 9
#PSALDO 0 200701 5010 {21 "41001"} 9
"#;
    assert_eq!(sums("3", rows, Some(20)), ["outcome 5010/410 01 9.00"]);
}

#[test]
fn code_pages_give_the_same_activity() {
    let rows = "#FNAMN \"Skärholmens förvaltning\"\n#RES 0 5010 9\n#PSALDO 0 200701 5010 {20 \"VÅ\"} 9\n";
    let text = file("3", rows).replace('\n', "\r\n");
    let cp437 = text.chars().map(|letter| match letter {
        'Å' => 0x8f,
        'ä' => 0x84,
        'ö' => 0x94,
        ascii => u8::try_from(ascii).unwrap(),
    });
    let windows_1252 = text.chars().map(|letter| u8::try_from(letter).unwrap()).collect::<Vec<u8>>();
    for bytes in [cp437.collect(), windows_1252, text.clone().into_bytes(), format!("\u{feff}{text}").into_bytes()] {
        let parsed = parse(&bytes, 2007, Some(20)).unwrap();
        assert_eq!(parsed.sums(), ["outcome 5010/VÅ 01 9.00"]);
    }
}

#[test]
fn activities_that_repeat_themselves_are_refused() {
    let rows = r#"
#RES 0 5010 100
#PSALDO 0 200701 5010 {} 100
#PSALDO 0 200701 5010 {20 "410"} 100
#PSALDO 0 200701 5010 {1 "100" 20 "410"} 60
#PSALDO 0 200701 5010 {1 "200" 20 "410"} 40
"#;
    assert_eq!(
        refusal(file("3", rows).as_bytes(), 2007, Some(20)),
        "PARS-111 accounts whose activities stand in several dimensions and repeat the total: 1 @ -"
    );
    // The same rows without the first view divide the total.
    let once = rows.replace("#PSALDO 0 200701 5010 {20 \"410\"} 100\n", "");
    assert_eq!(sums("3", &once, Some(20)), ["outcome 5010/410 01 100.00"]);
}
