//! What rejects a row and what refuses a file.

use super::{file, parse, refusal};

#[test]
fn a_row_is_rejected_for_all_its_reasons() {
    let rows = "#RES 0 5010 1\n#PSALDO 0 200701 5010 {} 1\n#PSALDO 0 200713 50x {} 1,5\n#PSALDO 0 200701 5020 {} 1.234\n\
                #PSALDO 0 200801 5030 {} 3\n#RES 0 5030 3\n#PSALDO x 200701 5040 {} 1\n#PSALDO 0 200701 5040 {1} 1\n#PSALDO 0\n";
    let parsed = parse(file("2", rows).as_bytes(), 2007, None).unwrap();
    let reasons: Vec<String> = parsed
        .reasons
        .iter()
        .map(|reason| format!("{}:{} {} {}", reason.record, reason.line, reason.rule, reason.class))
        .collect();
    assert_eq!(
        reasons,
        [
            "8:8 ekonomi.account.pattern len=3 digits=2",
            "8:8 ekonomi.month.type not a month, len=6",
            "8:8 ekonomi.amount.type not an amount, len=3",
            "9:9 ekonomi.amount.type decimals=3",
            "10:10 ekonomi.month.period another year than the file's",
            "12:12 ekonomi.row.ragged objects=0",
            "13:13 ekonomi.row.ragged objects=1",
            "14:14 ekonomi.account.required unknown",
            "14:14 ekonomi.month.required unknown",
            "14:14 ekonomi.amount.type not an amount, len=0",
        ]
    );
}

#[test]
fn a_personnummer_for_an_activity_never_passes() {
    let rows = "#RES 0 5010 1\n#PSALDO 0 200701 5010 {20 \"19121212-1212\"} 1\n";
    let parsed = parse(file("3", rows).as_bytes(), 2007, Some(20)).unwrap();
    assert_eq!(parsed.rows[0].activity, None);
    assert!(parsed.reasons.iter().any(|reason| &*reason.rule == "ekonomi.row.personnummer"));
}

#[test]
fn files_that_are_not_proven_are_refused() {
    let refused = |rows: &str| refusal(file("4", rows).as_bytes(), 2007, None);
    assert_eq!(refused("<html>"), "PARS-101 a line that is neither a row nor a brace @ line 6");
    assert_eq!(refusal(b"#RAR 0 20070101 20071231\n", 2007, None), "PARS-101 no #FLAGGA @ -");
    assert_eq!(refused("#GEN \"2007"), "PARS-102  @ line 6");
    assert_eq!(refused("#VER A 1 20070101\n{\n#TRANS 5010 {} 1\n"), "PARS-103  @ line 6");
    assert_eq!(refused("#TRANS 5010 {} 0\n"), "PARS-103  @ line 6");
    assert_eq!(refused("}\n"), "PARS-103  @ line 6");
    assert_eq!(refused("#VER A 1 20070101\n{\n#TRANS 5010 {} 1\n#TRANS 1910 {} -1.01\n}\n"), "PARS-105  @ line 6");
    assert_eq!(refused("#KSUMMA\n#GEN 20070101\n"), "PARS-104 the closing #KSUMMA is missing @ -");
    assert_eq!(refused("#KSUMMA\n#GEN 20070101\n#KSUMMA 1\n"), "PARS-104 the sum differs @ -");
    assert_eq!(refused("#KSUMMA 5\n"), "PARS-104 #KSUMMA rows do not pair @ -");
    assert_eq!(refused("#RES 0 5010 1,5\n"), "PARS-110 not an amount, len=3 @ -");
    assert_eq!(
        refused("#RES 0 5010 2\n#PSALDO 0 200701 5010 {} 1\n#PSALDO 0 200701 5010 {1 2} 2\n"),
        "PARS-111 accounts that differ from #RES: 1 as totals, 1 as remainder @ -"
    );
}

#[test]
fn the_year_must_be_the_periods() {
    let text = file("2", "#PSALDO 0 200701 5010 {} 1\n#RES 0 5010 1\n");
    assert!(refusal(text.as_bytes(), 2006, None).starts_with("PARS-107"));
    assert!(refusal(text.replace("20071231", "20080630").as_bytes(), 2007, None).starts_with("PARS-108"));
    assert!(refusal(text.replace("#RAR 0", "#RAR -2").as_bytes(), 2007, None).starts_with("PARS-106"));
    let half = text.replace("20071231", "20070630");
    assert_eq!(parse(half.as_bytes(), 2007, None).unwrap().rows.len(), 1, "a district that ends within the year");
}

#[test]
fn type_1_has_no_months() {
    let rows = "#RES 0 5010 1\n";
    assert!(refusal(file("1", rows).as_bytes(), 2007, None).starts_with("PARS-109"));
    let untyped = file("1", rows).replace("#SIETYP 1\n", "");
    assert!(refusal(untyped.as_bytes(), 2007, None).starts_with("PARS-109"));
}

#[test]
fn a_file_of_another_type_is_refused_whatever_it_holds() {
    let rows = "#PSALDO 0 200701 5010 {} 1\n#RES 0 5010 1\n";
    for other in ["1", "4I", "5"] {
        assert!(refusal(file(other, rows).as_bytes(), 2007, None).starts_with("PARS-112"), "{other}");
    }
    for ours in ["2", "3", "4", "4e"] {
        parse(file(ours, rows).as_bytes(), 2007, None).unwrap();
    }
}

#[test]
fn the_checksum_covers_fields_without_quotes_and_blanks() {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(b"#GEN2007\"0101#RES050100");
    let sum = hasher.finalize();
    let rows = format!("#KSUMMA\n#GEN \"2007\\\"0101\"\n#RES\t0 5010  0\n#KSUMMA {sum}\n");
    parse(file("2", &rows).as_bytes(), 2007, None).unwrap();
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
        let _ = parse(&[b"#FLAGGA 0\n#RAR 0 20070101 20071231\n#PSALDO 0 ", bytes.as_slice()].concat(), 2007, Some(20));
    }
}
