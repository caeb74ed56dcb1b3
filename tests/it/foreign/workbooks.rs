//! Workbooks of personnel as the districts' own people make them.

use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};

use super::{
    rows::{Fate, Row},
    staff::COLUMNS,
};

/// How one workbook is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Text in every cell, one sheet.
    Text,
    /// Numbers and dates, a title over merged cells, a sum, and notes below it.
    Typed,
    /// Other sheets before and after, columns in another order among unknown ones, empty and hidden rows.
    Kept,
}

pub fn workbook(rows: &[&Row], layout: Layout) -> Vec<u8> {
    let mut book = Workbook::new();
    if layout == Layout::Kept {
        let other = book.add_worksheet().set_name("Läs mig").expect("a name");
        other.write_string(0, 0, "Anställningsnummer").expect("a cell");
    }
    let sheet = book.add_worksheet().set_name("Personal").expect("a name");
    fill(sheet, rows, layout);
    if layout == Layout::Kept {
        let other = book.add_worksheet().set_name("Personal (2)").expect("a name");
        other.write_number(1, 0, 1.0).expect("a cell");
    }
    book.save_to_buffer().expect("a workbook")
}

fn fill(sheet: &mut Worksheet, rows: &[&Row], layout: Layout) {
    let mut columns = COLUMNS.to_vec();
    if layout == Layout::Kept {
        columns.rotate_left(3);
        columns.insert(2, "Namn");
        columns.push("Anmärkning");
    }
    if layout == Layout::Text {
        sheet.write_string(0, 0, "Personal per månad").expect("a cell");
    } else {
        let last = u16::try_from(columns.len() - 1).expect("few columns");
        sheet.merge_range(0, 0, 0, last, "Månadsmätning av personal", &Format::new().set_bold()).expect("cells");
    }
    for (at, column) in (0..).zip(&columns) {
        sheet.write_string(1, at, *column).expect("a cell");
    }
    let mut line = 2;
    for (nth, row) in rows.iter().enumerate() {
        for (at, column) in (0..).zip(&columns) {
            match *column {
                "Namn" => write(sheet, line, at, "Å. Öberg"),
                "Anmärkning" => write(sheet, line, at, "number 3.5"),
                column => write(sheet, line, at, &typed(column, row.cell(column), layout)),
            }
        }
        line += 1;
        if layout == Layout::Kept && nth % 3 == 0 {
            sheet.set_row_hidden(line - 1).expect("a row");
            line += 1;
        }
    }
    if layout == Layout::Typed {
        sheet.write_string(line, 0, "Summa").expect("a cell");
        let sum: i128 = rows.iter().filter(|row| row.fate == Fate::Loaded).map(|row| row.degree()).sum();
        let text = format!("formula =SUM(D3:D{line}) {}", sum as f64 / 100.0);
        write(sheet, line, 3, &text);
        sheet.write_string(line + 1, 0, "Källa: personalsystemet").expect("a cell");
        sheet.write_string(line + 3, 1, "2006-01").expect("a cell");
    }
}

/// A number for a degree and a date for a month, where nothing else is said of the cell.
fn typed(column: &str, cell: &str, layout: Layout) -> String {
    match column {
        _ if layout == Layout::Text || cell.contains(' ') => cell.to_owned(),
        "Tjänstgöringsgrad" if cell.starts_with(|it: char| it.is_ascii_digit()) => {
            format!("number {}", cell.replace(',', "."))
        }
        "Mätmånad" | "Erfarenhet sedan" if cell.len() == 7 && !cell.ends_with("13") => format!("date {cell}-01"),
        _ => cell.to_owned(),
    }
}

/// `number 87.5`, `date 2006-01-15`, `serial 38718`, `formula =1+1 2`, `error #DIV/0!`, or a text.
fn write(sheet: &mut Worksheet, line: u32, at: u16, cell: &str) {
    let dated = Format::new().set_num_format("yyyy-mm");
    let number = |text: &str| text.parse::<f64>().expect("a number");
    let written = match cell.split_once(' ') {
        _ if cell.is_empty() => return,
        Some(("number", value)) => sheet.write_number(line, at, number(value)),
        Some(("serial", value)) => sheet.write_number_with_format(line, at, number(value), &dated),
        Some(("date", day)) => {
            let day = day.parse::<chrono::NaiveDate>().expect("a date");
            let serial = (day - chrono::NaiveDate::from_ymd_opt(1899, 12, 30).expect("a date")).num_days();
            sheet.write_number_with_format(line, at, serial as f64, &dated)
        }
        Some(("formula", rest)) => {
            let (formula, result) = rest.split_once(' ').expect("a result");
            sheet.write_formula(line, at, Formula::new(formula).set_result(result))
        }
        Some(("error", value)) => sheet.write_formula(line, at, Formula::new("=1/0").set_result(value)),
        _ => sheet.write_string(line, at, cell),
    };
    written.expect("a cell");
}
