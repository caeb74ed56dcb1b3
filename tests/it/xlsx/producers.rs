//! One table, written by three programs and in two date systems, reads equal.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::{id, parse};

const OPENPYXL: &[u8] = include_bytes!("../../corpora/xlsx/openpyxl_1900.xlsx");
const OPENPYXL_1904: &[u8] = include_bytes!("../../corpora/xlsx/openpyxl_1904.xlsx");
const LIBREOFFICE: &[u8] = include_bytes!("../../corpora/xlsx/libreoffice.xlsx");
const RENAMED: &[u8] = include_bytes!("../../corpora/xlsx/renamed.xlsx");

/// The table of `tests/corpora/xlsx`, made here.
fn rust_xlsxwriter() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    let (plain, month, day) =
        (Format::new(), Format::new().set_num_format("yyyy-mm"), Format::new().set_num_format("yyyy-mm-dd"));
    let (zeros, percent) = (Format::new().set_num_format("000000"), Format::new().set_num_format("0%"));
    let date = |year, month, day| ExcelDateTime::from_ymd(year, month, day).unwrap();
    sheet.set_name("Personal").unwrap();
    sheet.merge_range(0, 0, 0, 2, "Person", &plain).unwrap();
    sheet.merge_range(0, 3, 0, 6, "Tjänst", &plain).unwrap();
    sheet.merge_range(0, 7, 1, 7, "Stadsdel", &plain).unwrap();
    let names = [
        "Anställningsnummer",
        "Mätmånad",
        "Yrkesgrupp",
        "Tjänstgöringsgrad",
        "Socionomexamen",
        "Erfarenhet sedan",
        "Full kompetens",
    ];
    sheet.write_row(1, 0, names).unwrap();
    sheet.write_row(2, 0, ["A-100"]).unwrap().write_with_format(2, 1, date(2007, 3, 1), &month).unwrap();
    sheet.write(2, 2, "Utredande socialsekreterare").unwrap().write(2, 3, 100).unwrap();
    sheet.write_row(2, 4, ["Ja", "1998-05", "Ja", "24"]).unwrap();
    sheet.write(3, 0, 1234).unwrap().write_row(3, 1, ["2007-03", "Familjevårdsinspektör", "87,5", "Nej"]).unwrap();
    sheet
        .write_with_format(3, 5, date(2001, 9, 17), &day)
        .unwrap()
        .write(3, 6, "Nej")
        .unwrap()
        .write(3, 7, 24)
        .unwrap();
    sheet.write_with_format(5, 0, 17, &zeros).unwrap().write(5, 1, 39_142).unwrap().write(5, 2, "Övrig").unwrap();
    sheet.write_with_format(5, 3, 0.8, &percent).unwrap().write(5, 4, true).unwrap();
    sheet.write(5, 6, "..").unwrap().write(5, 7, 24).unwrap();
    sheet.write(6, 0, "A-101").unwrap().write_with_format(6, 1, date(2007, 12, 1), &month).unwrap();
    sheet.write(6, 2, "Mottagningssekreterare").unwrap().write(6, 3, 50.25).unwrap().write(6, 4, false).unwrap();
    sheet.write_row(6, 5, [".", "Ja", "24"]).unwrap();
    sheet.write(7, 0, "Summa").unwrap().write(7, 3, 317.75).unwrap().write(8, 0, "Källa: HR").unwrap();
    sheet.set_row_hidden(3).unwrap().set_column_hidden(5).unwrap();
    workbook.save_to_buffer().unwrap()
}

fn expected() -> Vec<String> {
    vec![
        format!("1 3 {} 2007-03-01 Utredande socialsekreterare 10000 Ja 1998-05-01 Ja 24", id("A-100")),
        format!("2 4 {} 2007-03-01 Familjevårdsinspektör 8750 Nej 2001-09-01 Nej 24", id("1234")),
        format!("3 6 {} 2007-03-01 Övrig 8000 Ja – – 24", id("000017")),
        format!("4 7 {} 2007-12-01 Mottagningssekreterare 5025 Nej – Ja 24", id("A-101")),
    ]
}

#[test]
fn three_producers_and_two_date_systems_read_equal() {
    for (producer, workbook) in [
        ("openpyxl", OPENPYXL.to_vec()),
        ("openpyxl 1904", OPENPYXL_1904.to_vec()),
        ("LibreOffice", LIBREOFFICE.to_vec()),
        ("rust_xlsxwriter", rust_xlsxwriter()),
    ] {
        let parsed = parse(&workbook).expect(producer);
        assert_eq!(parsed.table(), expected(), "{producer}");
        assert_eq!(parsed.told(), [], "{producer}");
        let told = [
            (2, "personal.file.hidden_columns", "count=1"),
            (2, "personal.file.hidden_rows", "count=1"),
            (8, "personal.file.rows_after_end", "count=1"),
        ];
        assert_eq!(parsed.told_of_file(), told, "{producer}");
        assert_eq!(parsed.tally.rows_read, 4, "{producer}");
    }
}

#[test]
fn a_renamed_sheet_is_known_by_its_columns_and_told_of() {
    let parsed = parse(RENAMED).expect("the only sheet with the columns");
    assert_eq!(parsed.table(), expected());
    assert!(parsed.told_of_file().contains(&(2, "personal.file.renamed_sheet", "sheet=1")));
}
