//! What becomes of rows: values, statuses, reasons, children.

use super::*;

#[test]
fn a_good_row_is_typed_and_has_no_reason() {
    let parsed = Night::new().rows(&[row(&[
        ("Personnummer", &child()),
        ("Typ", "ANMÄLAN"),
        ("Orsak", "våld mot barn | VINR|vinr"),
    ])]);
    assert_eq!(parsed.rules(), []);
    assert_eq!(parsed.text("typ"), [Some("Anmälan")]);
    assert_eq!(parsed.text("orsak"), [Some("VINR|Våld mot barn")]);
    assert_eq!(parsed.int16("child_birth_year"), [Some(2000)]);
    assert_eq!(parsed.text("skyddsbedomning_status"), [None]);
    let days = parsed.rows.column_by_name("inkom").unwrap().as_primitive::<Date32Type>().value(0);
    assert_eq!(days, 13_576);
    let pseudonyms = Pseudonyms::new([7; 32]);
    assert_eq!(parsed.bytes("child"), [Some(&pseudonyms.of(crate::pipeline::Scope::Child, &child())[..])]);
    assert_eq!(parsed.bytes("anmalan_id"), [Some(&pseudonyms.of(crate::pipeline::Scope::Case, "A-1")[..])]);
    assert_eq!(parsed.end.tally.rows_read, 1);
}

#[test]
fn the_four_absences_stay_different() {
    let rows = ["", "..", "."].map(|cell| row(&[("Skyddsbedömning", cell), ("Lagrum", cell), ("Utredning-id", cell)]));
    let parsed = Night::new().rows(&rows);
    assert_eq!(parsed.rules(), []);
    let statuses = [Some("unknown"), Some("suppressed"), Some("not_applicable")];
    assert_eq!(parsed.text("skyddsbedomning_status"), statuses);
    assert_eq!(parsed.text("utredning_id_status"), statuses);
    assert_eq!(parsed.text("lagrum"), [None, Some("_suppressed"), Some("_not_applicable")]);
    assert_eq!(parsed.bytes("utredning_id"), [None; 3]);
}

#[test]
fn a_row_shows_all_its_reasons_with_record_and_line() {
    let broken = row(&[
        ("Anmälan-id", ""),
        ("Inkom", "2007-02-30"),
        ("Typ", "Tips"),
        ("Ofött barn", "kanske"),
        ("Beslutsdatum", "2008-01-16"),
    ]);
    let parsed = Night::new().rows(&[row(&[("Beslut", "\"Pågår redan\"")]), broken]);
    let mut rules = parsed.rules();
    rules.sort_unstable();
    let expected = ["anmalan_id.required", "beslutsdatum.future", "inkom.type", "ofott_barn.type", "typ.code"];
    assert_eq!(
        rules,
        expected
            .map(|rule| (2, format!("anmalningar.{rule}")))
            .iter()
            .map(|(r, s)| (*r, s.as_str()))
            .collect::<Vec<_>>()
    );
    assert!(parsed.reasons.iter().all(|reason| reason.line == 3 && reason.severity == crate::model::Severity::Reject));
    let heals: Vec<_> = parsed.reasons.iter().filter(|reason| reason.heals).map(|reason| &*reason.rule).collect();
    assert_eq!(heals, ["anmalningar.beslutsdatum.future"]);
    let inkom = parsed.reasons.iter().find(|reason| reason.column.as_deref() == Some("inkom")).unwrap();
    assert_eq!(inkom.class, "len=10 digits=8");
}

#[test]
fn records_and_lines_are_both_right_over_quoted_line_breaks_and_blank_lines() {
    for line_break in ["\n", "\r\n"] {
        let quoted = format!("\"Skriv{line_break}{line_break}ut \"\"det\"\"\"");
        let rows =
            [row(&[("Utredning-id", &quoted)]), row(&[]), String::new(), row(&[("Inkom", "x")]), "a;b".to_owned()];
        let file = format!("{HEADER}{line_break}{}", rows.join(line_break));
        let parsed = Night::new().parse(file.as_bytes()).unwrap();
        assert_eq!(parsed.int64("_record"), [Some(1), Some(2), Some(3), Some(4)]);
        assert_eq!(parsed.int64("_line"), [Some(2), Some(5), Some(7), Some(8)]);
        assert_eq!(parsed.rules(), [(3, "anmalningar.inkom.type"), (4, "anmalningar.row.ragged")]);
        assert_eq!(parsed.reasons[1].class, "cells=2 expected=15");
    }
}

#[test]
fn an_unknown_code_stays_as_it_came_in_an_optional_column() {
    let parsed = Night::new()
        .rows(&[row(&[("Lagrum", "99:9"), ("Orsak", "VINR|Nytt skäl")]), row(&[("Lagrum", "_suppressed")])]);
    assert_eq!(parsed.text("lagrum"), [Some("99:9"), None]);
    assert_eq!(parsed.text("orsak")[0], Some("Nytt skäl|VINR"));
    let severities: Vec<_> = parsed.reasons.iter().map(|reason| (&*reason.rule, reason.severity.as_str())).collect();
    let expected = [
        ("anmalningar.orsak.code", "warn"),
        ("anmalningar.lagrum.code", "warn"),
        ("anmalningar.lagrum.code", "reject"),
    ];
    assert_eq!(severities, expected);
}

#[test]
fn what_is_suppressed_or_not_applicable_is_missing_where_a_value_is_required() {
    let parsed = Night::new().rows(&[row(&[("Inkom", "..")]), row(&[("Typ", ".")]), row(&[("Personnummer", "..")])]);
    let rules: Vec<_> = parsed.rules().into_iter().filter(|(_, rule)| rule.ends_with("required")).collect();
    let expected =
        [(1, "anmalningar.inkom.required"), (2, "anmalningar.typ.required"), (3, "anmalningar.child.required")];
    assert_eq!(rules, expected);
}

#[test]
fn dates_stay_in_the_files_year_and_before_the_business_date() {
    let mut night = Night::new();
    let parsed = night.rows(&[row(&[("Inkom", "2006-12-31")]), row(&[("Beslutsdatum", "2008-01-15")])]);
    assert_eq!(parsed.rules(), [(1, "anmalningar.inkom.period")]);
    night.business_date = "2007-03-09";
    assert_eq!(night.rows(&[row(&[])]).rules(), [(1, "anmalningar.beslutsdatum.future")]);
    let column = night.pipeline.columns.iter_mut().find(|column| column.name == "beslutsdatum").unwrap();
    column.may_be_future = true;
    assert_eq!(night.rows(&[row(&[])]).rules(), []);
}

#[test]
fn a_number_in_another_cell_rejects_its_row_and_goes_no_further() {
    let number = child();
    let dashed = format!("{}-{}", &number[2..8], &number[8..]);
    let parsed = Night::new().rows(&[
        row(&[("Utredning-id", &number)]),
        row(&[("Anmälare", &format!("mor {dashed}"))]),
        row(&[("Beslutsdatum", &dashed)]),
    ]);
    let found: Vec<_> =
        parsed.reasons.iter().filter(|reason| &*reason.rule == "anmalningar.row.personnummer").collect();
    let places: Vec<_> = found.iter().map(|reason| (reason.record, reason.column.as_deref())).collect();
    assert_eq!(places, [(1, Some("utredning_id")), (2, Some("anmalare")), (3, Some("beslutsdatum"))]);
    assert_eq!(parsed.text("anmalare")[1], None);
    assert_eq!(parsed.bytes("utredning_id")[0], None);
    let shown = format!("{:?} {:?}", parsed.rows, parsed.reasons);
    assert!(!shown.contains(&number) && !shown.contains(&dashed));
}

#[test]
fn lengths_are_counted_in_characters() {
    let parsed =
        Night::new().rows(&[row(&[("Utredning-id", &"å".repeat(64))]), row(&[("Utredning-id", &"å".repeat(65))])]);
    assert_eq!(parsed.rules(), [(2, "anmalningar.utredning_id.length")]);
    let columns = "[[columns]]\nname = \"text\"\nfield = \"Text\"\ntype = \"string\"\n[[columns]]\nname = \"belopp\"\nfield = \"Belopp\"\ntype = \"decimal\"\n";
    let file = format!("Text;Belopp\n{};1\n{};2\n", "å".repeat(4_000), "å".repeat(4_001));
    assert_eq!(Night::of_columns(columns).parse(file.as_bytes()).unwrap().rules(), [(2, "prov.text.length")]);
}

#[test]
fn amounts_have_bounds_nil_and_a_sum() {
    let columns = "[[columns]]\nname = \"kod\"\nfield = \"Kod\"\ntype = \"string\"\npattern = \"[A-Z]{2}\"\n[[columns]]\nname = \"belopp\"\nfield = \"Belopp\"\ntype = \"decimal\"\nminimum = 0\nmaximum = 1000.5\n";
    let file = "Kod;Belopp;Övrigt\nAB;1\u{a0}000,50;x\nabc;-;x\nCD;\u{2212}1;x\nEF;1000,51;x\nGH;1.5;x\nIJ;;x\n";
    let parsed = Night::of_columns(columns).parse(file.as_bytes()).unwrap();
    let expected =
        [(2, "prov.kod.pattern"), (3, "prov.belopp.minimum"), (4, "prov.belopp.maximum"), (5, "prov.belopp.type")];
    assert_eq!(parsed.rules(), expected);
    assert_eq!(parsed.text("belopp_status"), [None, Some("nil"), None, None, None, Some("unknown")]);
    assert_eq!(parsed.end.tally.amount_read, crate::model::Ore(100_050 - 100 + 100_051));
    let warnings: Vec<_> =
        parsed.end.file_reasons.iter().map(|reason| (&*reason.rule, reason.class.as_str())).collect();
    assert_eq!(warnings, [("prov.file.unknown_column", "cell=3 len=6")]);
}

#[test]
fn a_personnummer_in_an_undeclared_column_rejects_its_row_and_is_not_told() {
    let number = child();
    let dashed = format!("{}-{}", &number[..8], &number[8..]);
    let beside = |text: &str| format!("{};{text}", row(&[]));
    let notes = [&*dashed, &number, &format!("syskon {dashed}"), &number[2..], "2007-03-04", "A-1", ""].map(beside);
    let parsed = Night::new().parse(format!("{HEADER};Notering\n{}\n", notes.join("\n")).as_bytes()).unwrap();
    let rule = "anmalningar.row.personnummer";
    assert_eq!(parsed.rules(), [(1, rule), (2, rule), (3, rule)]);
    assert_eq!(parsed.reasons[1].class, "undeclared len=12 digits=12");
}

#[test]
fn an_unborn_child_is_its_case_in_the_district_of_the_fourteen() {
    let unborn = |stadsdel: &str, case: &str| {
        let changes = [
            ("Personnummer", ""),
            ("Ofött barn", "Ja"),
            ("Inkom", "2006-03-04"),
            ("Utredning-id", case),
            ("Stadsdel", stadsdel),
        ];
        row(&changes)
    };
    let of = |code: &str, case: &str| {
        let night = Night { deliverer: deliverer(code), period: 2006, ..Night::new() };
        let parsed = night.rows(&[unborn(code, case)]);
        assert_eq!(parsed.rules(), []);
        parsed.bytes("child")[0].unwrap().to_vec()
    };
    let expected = |text| Pseudonyms::new([7; 32]).of(crate::pipeline::Scope::Child, text).to_vec();
    assert_eq!(of("01", "U-1"), expected("ofodd:01:U-1"));
    assert_eq!(of("02", "U-1"), expected("ofodd:01:U-1"), "Kista became Rinkeby-Kista");
    assert_eq!(of("11", "U-1"), expected("ofodd:12:U-1"));
    assert_eq!(of("24", ""), expected("ofodd:24:A-1"), "the intake stands in where there is no investigation");
}

#[test]
fn a_child_has_a_number_or_is_unborn() {
    let number = child();
    let wrong = format!("{}{}", &number[..11], (number.as_bytes()[11] - b'0' + 1) % 10);
    let parsed = Night::new().rows(&[
        row(&[("Personnummer", "")]),
        row(&[("Personnummer", ""), ("Ofött barn", "Ja"), ("Kön", "F")]),
        row(&[("Personnummer", ""), ("Ofött barn", "Ja"), ("Skyddad identitet", "Ja")]),
        row(&[("Personnummer", &wrong)]),
        row(&[("Personnummer", &format!("{}+{}", &number[2..8], &number[8..]))]),
        row(&[("Personnummer", &number[2..])]),
        row(&[("Personnummer", "198001019391")]),
        row(&[("Personnummer", ""), ("Ofött barn", "Ja"), ("Skyddad identitet", "..")]),
        row(&[("Personnummer", ""), ("Ofött barn", "Ja"), ("Skyddad identitet", ".")]),
    ]);
    let rules = ["required", "required", "identity", "identity", "identity", "identity", "required"];
    let expected: Vec<_> =
        [1, 3, 4, 5, 6, 7, 8].into_iter().zip(rules.map(|rule| format!("anmalningar.child.{rule}"))).collect();
    let found: Vec<_> = parsed.rules().into_iter().map(|(record, rule)| (record, rule.to_owned())).collect();
    assert_eq!(found, expected);
    assert_eq!(parsed.reasons[2].class, "len=12 digits=12 luhn=bad");
    assert_eq!(parsed.text("child_sex")[1], Some("flicka"));
    let unborn = parsed.rows.column_by_name("child_unborn").unwrap().as_boolean();
    assert!(unborn.value(1) && unborn.is_null(0) && parsed.int16("child_age")[1].is_none());
}

#[test]
fn a_declared_sex_that_differs_is_a_warning() {
    let other = if child().as_bytes()[10] % 2 == 1 { "F" } else { "P" };
    let parsed = Night::new().rows(&[row(&[("Kön", other)])]);
    assert_eq!(parsed.rules(), [(1, "anmalningar.kon.sex")]);
    assert_eq!(parsed.reasons[0].severity, crate::model::Severity::Warn);
    assert_ne!(parsed.text("child_sex"), [Some(if other == "F" { "flicka" } else { "pojke" })]);
}

#[test]
fn a_header_alone_is_a_slice_without_rows() {
    let parsed = Night::new().parse(format!("{HEADER}\r\n").as_bytes()).unwrap();
    assert_eq!((parsed.rows.num_rows(), parsed.end.tally.rows_read), (0, 0));
}
