//! What cells, rows and sheets mean, one workbook per question.

use super::{
    Parsed, id, parse,
    workbook::{Workbook, row, text},
};

fn read(workbook: &Workbook) -> Parsed {
    parse(&workbook.zipped()).expect("a workbook that is read")
}

/// What a row with that cell (XML) in that column (from 0) is rejected for.
fn rejected_for(column: usize, cell: &str) -> Vec<(String, String)> {
    let parsed = read(&Workbook::of(&row(3, column, cell)));
    parsed.reasons.iter().map(|reason| (reason.rule.to_string(), reason.class.clone())).collect()
}

#[test]
fn error_cells_and_formulas_without_a_result_reject_their_row_and_results_are_taken() {
    let rows = [
        row(3, 3, "<c><f>20*4</f><v>80</v></c>"),
        row(4, 3, "<c><f>20*4</f></c>"),
        row(5, 3, "<c><f>20*4</f><v></v></c>"),
        row(6, 5, "<c t=\"e\"><f>NA()</f><v>#N/A</v></c>"),
        row(7, 5, "<c t=\"str\"><f>\"\"</f><v></v></c>"),
        row(8, 4, "<c t=\"str\"><f>\"Ja\"</f><v>Nej</v></c>"),
    ];
    let parsed = read(&Workbook::of(&rows.concat()));
    let degree = "personal.tjanstgoringsgrad.type";
    let told = [
        (4, degree, "formula without a saved result"),
        (5, degree, "formula without a saved result"),
        (6, "personal.erfarenhet_sedan.type", "error value #N/A"),
    ];
    assert_eq!(parsed.told(), told);
    let table = parsed.table();
    assert!(table[0].contains(" 8000 Ja ") && table[4].contains(" – Ja 24") && table[5].contains(" 10000 Nej "));
}

#[test]
fn flawed_cells_reject_their_row_without_a_value_being_told() {
    for (column, cell, rule, class) in [
        (3, "<c><v>NaN</v></c>", "personal.tjanstgoringsgrad.type", "unreadable cell"),
        (3, "<c t=\"z\"><v>1</v></c>", "personal.tjanstgoringsgrad.type", "unreadable cell"),
        (0, "<c t=\"inlineStr\"><is><t>_x0000_1234</t></is></c>", "personal.employee.type", "unreadable cell"),
        (1, "<c><v>2007</v></c>", "personal.matmanad.type", "not a date"),
        (4, "<c><v>1</v></c>", "personal.socionomexamen.type", "number"),
        (0, "<c><v>12345678901234567890</v></c>", "personal.employee.type", "number with digits lost"),
        (3, "<c><v>101</v></c>", "personal.tjanstgoringsgrad.maximum", "above"),
    ] {
        assert_eq!(rejected_for(column, cell), [(rule.to_owned(), class.to_owned())], "{cell}");
    }
}

#[test]
fn texts_are_shared_rich_phonetic_escaped_and_in_any_prefix() {
    let shared = "<sst xmlns=\"http://purl.oclc.org/ooxml/spreadsheetml/main\" count=\"1\" uniqueCount=\"4000000000\"><si><r><t>Öv</t></r><r><rPr><b/></rPr><t>rig</t></r><rPh sb=\"0\" eb=\"1\"><t>fonetik</t></rPh></si><si><t>A&amp;B&#8211;<![CDATA[<1>]]></t></si></sst>";
    let rows = [row(3, 2, "<c t=\"s\"><v>0</v></c>"), row(4, 0, "<c t=\"s\"><v> 1 </v></c>")].concat();
    let parsed = read(&Workbook::of(&rows).and_texts(shared));
    assert_eq!(parsed.told(), []);
    assert!(parsed.table()[0].contains(" Övrig ") && parsed.table()[1].contains(&id("A&B–<1>")));
}

#[test]
fn a_number_is_what_its_format_shows() {
    let formats = ["yyyy\\-mm\\-dd", "0.0%", "000000", "0.00&quot; dagar&quot;"];
    let rows = [
        row(3, 1, "<c s=\"1\"><v>39142</v></c>"),
        row(4, 3, "<c s=\"2\"><v>0.875</v></c>"),
        row(5, 0, "<c s=\"3\"><v>17</v></c>"),
        row(6, 3, "<c s=\"4\"><v>66.666666666666671</v></c>"),
        row(7, 3, "<c s=\"1\"><v>80</v></c>"),
    ];
    let parsed = read(&Workbook::of(&rows.concat()).and_styles(&formats));
    assert_eq!(parsed.told(), [(7, "personal.tjanstgoringsgrad.type", "date")]);
    let table = parsed.table();
    assert!(
        table[0].contains(" 2007-03-01 ") && table[1].contains(" 8750 ") && table[3].contains(" 6667 "),
        "{table:?}"
    );
    assert!(table[2].contains(&id("000017")));
}

#[test]
fn rows_and_cells_may_be_absent_but_stand_in_order() {
    let sparse = format!("<row>{}</row><row r=\"9\"><c r=\"D9\"><v>5</v></c></row>", text("A-1"));
    let parsed = read(&Workbook::of(&sparse));
    assert_eq!(parsed.table().len(), 2);
    assert!(parsed.told().contains(&(9, "personal.employee.required", "unknown")));
    let far = row(3, 0, &text("A-1")) + "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    let parsed = read(&Workbook::of(&far));
    assert_eq!(parsed.told_of_file(), [(2, "personal.file.unknown_column", "cell=16384 len=0")]);
    assert_eq!(parsed.table().len(), 1);
    for twice in [
        row(3, 0, &text("A")) + &row(3, 0, &text("B")),
        row(4, 0, &text("A")) + &row(3, 0, &text("B")),
        "<row r=\"3\"><c r=\"A3\"><v>1</v></c><c r=\"A3\"><v>2</v></c></row>".to_owned(),
        "<row r=\"3\"><c r=\"B3\"><v>1</v></c><c r=\"A3\"><v>2</v></c></row>".to_owned(),
        "<row r=\"3\"><c r=\"A4\"><v>1</v></c></row>".to_owned(),
    ] {
        assert_eq!(refused(&Workbook::of(&twice)), "PARS-302", "{twice}");
    }
}

#[test]
fn headings_may_be_missing_doubled_or_unknown_as_in_csv() {
    let sheet = "xl/worksheets/sheet1.xml";
    let book = || Workbook::of(&row(3, 0, &text("A-1")));
    assert_eq!(refused(&book().with(sheet, "Mätmånad", "Månad")), "PARS-001");
    assert_eq!(refused(&book().with(sheet, "Full kompetens", "Mätmånad")), "PARS-002");
    assert_eq!(refused(&Workbook::of_sheet("<sheetData/>")), "PARS-003");
    let noted = row(3, 0, &text("A-1")).replace("</row>", &format!("{}</row>", text("anteckning")));
    let parsed = read(&Workbook::of(&noted));
    assert_eq!(parsed.told_of_file(), [(2, "personal.file.unknown_column", "cell=9 len=0")]);
    assert!(!parsed.told().iter().any(|(_, rule, _)| *rule == "personal.row.personnummer"));
    // A number that has no place there, as text and as Excel keeps it.
    for cell in [text("20000101-2384"), "<c><v>200001012384</v></c>".to_owned()] {
        let noted = row(3, 0, &text("A-1")).replace("</row>", &format!("{cell}</row>"));
        let told = read(&Workbook::of(&noted)).told().iter().filter(|it| it.1 == "personal.row.personnummer").count();
        assert_eq!(told, 1, "{cell}");
    }
    let broken = book().with(sheet, "Erfarenhet sedan", "  Erfarenhet\n sedan ");
    assert_eq!(read(&broken).told_of_file(), []);
}

#[test]
fn hidden_and_doubtful_sheets_are_never_chosen() {
    let (book, named) = (Workbook::of(&row(3, 0, &text("A-1"))), "name=\"Personal\"");
    let with = |to: &str| book.clone().with("xl/workbook.xml", named, to);
    assert_eq!(read(&with("name=\" PERSONAL \"")).told_of_file(), []);
    assert_eq!(read(&with("name=\"Blad1\"")).told_of_file(), [(2, "personal.file.renamed_sheet", "sheet=1")]);
    for hidden in ["name=\"Personal\" state=\"hidden\"", "name=\"Blad1\" state=\"veryHidden\""] {
        assert_eq!(refused(&with(hidden)), "PARS-303", "{hidden}");
    }
    let two = with("name=\"Blad1\" sheetId=\"7\" r:id=\"rId1\"/><sheet name=\"Blad2\"");
    assert_eq!(refused(&two), "PARS-303");
}

#[test]
fn a_wrongly_decoded_text_refuses_the_workbook() {
    assert_eq!(refused(&Workbook::of(&row(3, 2, &text("Ã–vrig")))), "PARS-006");
}

fn refused(workbook: &Workbook) -> &'static str {
    parse(&workbook.zipped()).expect_err("it is refused").code().id
}
