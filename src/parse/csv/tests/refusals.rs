//! What refuses the whole file, with its code and line.

use super::*;

/// The code and place of a refusal.
fn refusal(file: &[u8]) -> (String, Option<String>) {
    let error = Night::new().parse(file).unwrap_err();
    (error.code().id.to_owned(), error.place().map(str::to_owned))
}

fn code(file: &str) -> String {
    refusal(file.as_bytes()).0
}

#[test]
fn a_missing_column_refuses_and_every_one_is_named() {
    let header = HEADER.replace(";Lagrum", "").replace("Inkom", "Inkommet");
    let error = Night::new().parse(format!("{header}\n").as_bytes()).unwrap_err();
    let found: Vec<_> = error.findings().map(|finding| (finding.code().id, finding.detail_text())).collect();
    assert_eq!(found, [("PARS-001", "Inkom"), ("PARS-001", "Lagrum")]);
}

#[test]
fn a_doubled_column_refuses() {
    assert_eq!(code(&format!("{HEADER};Inkom\u{a0}\n")), "PARS-002");
}

#[test]
fn a_file_without_header_refuses_and_shows_no_cell() {
    assert_eq!(code(""), "PARS-003");
    assert_eq!(code("\n\r\n"), "PARS-003");
    let error = Night::new().parse(row(&[]).as_bytes()).unwrap_err();
    assert_eq!(error.code().id, "PARS-001");
    assert!(!format!("{error} {error:?}").contains(&child()));
}

#[test]
fn a_quote_that_does_not_close_refuses_with_its_line() {
    let open = format!("{HEADER}\n{}\n{}\n{}\n", row(&[]), row(&[("Beslut", "\"Pågår")]), row(&[]));
    assert_eq!(refusal(open.as_bytes()), ("PARS-005".to_owned(), Some("line 3".to_owned())));
    let early = format!("{HEADER}\n{}\n{}\n", row(&[]), row(&[("Beslut", "\"Pågår\" redan")]));
    assert_eq!(refusal(early.as_bytes()), ("PARS-005".to_owned(), Some("line 3".to_owned())));
    let without_line_break = format!("{HEADER}\n{}", row(&[("Stadsdel", "\"24")]));
    assert_eq!(code(&without_line_break), "PARS-005");
}

#[test]
fn the_marks_of_a_wrong_decoding_refuse() {
    for cell in ["FÃ¶rskola", "Sk„rholmen", "f\u{fffd}rskola", "sk÷ta"] {
        let file = format!("{HEADER}\n{}\n{}\n", row(&[]), row(&[("Utredning-id", cell)]));
        assert_eq!(refusal(file.as_bytes()), ("PARS-006".to_owned(), Some("line 3".to_owned())), "{cell}");
    }
    let twice = encoding_rs::WINDOWS_1252.decode(HEADER.as_bytes()).0.into_owned();
    assert_eq!(code(&format!("{twice}\n")), "PARS-006");
}

#[test]
fn another_districts_row_refuses() {
    let file = format!("{HEADER}\n{}\n{}\n", row(&[]), row(&[("Stadsdel", "22")]));
    assert_eq!(refusal(file.as_bytes()), ("PARS-007".to_owned(), Some("line 3".to_owned())));
    assert_eq!(Night::new().rows(&[row(&[("Stadsdel", "")])]).rules(), [(1, "anmalningar.stadsdel.required")]);
}

#[test]
fn a_record_without_end_refuses_before_it_fills_the_memory() {
    let file = format!("{HEADER}\n\"{}", "x\n".repeat(9 << 20));
    assert_eq!(code(&file), "PARS-008");
    assert_eq!(code(&format!("{HEADER}\n{}\n", ";".repeat(70_000))), "PARS-008");
}
