//! How an office's HR writes its workbook of personnel: all by the contract, each in its own way.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Formula, Workbook, Worksheet, XlsxError};

use super::{
    chain::FIRST_YEAR,
    offices::Office,
    staff::{Employment, OTHER},
};

const SHEET: &str = "Personal";

pub(super) const HEADERS: [&str; 8] = [
    "Anställningsnummer",
    "Mätmånad",
    "Yrkesgrupp",
    "Tjänstgöringsgrad",
    "Socionomexamen",
    "Erfarenhet sedan",
    "Full kompetens",
    "Stadsdel",
];

/// The columns that the first heading row spans, and what stands over them.
const HEADINGS: [(u16, u16, &str); 2] = [(0, 3, "Anställning"), (4, 6, "Kompetens")];

/// What stands in a cell before an office has chosen how to write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    Number(u32),
    /// Year and month.
    Month(i32, u32),
}

/// One row in the contract's order.
pub(super) type Record = [Cell; 8];

/// Where the table does not stand as it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misplaced {
    No,
    /// In a sheet whose columns are called otherwise.
    OtherColumns,
}

pub(super) fn record(employment: &Employment, office: &Office) -> Record {
    let yes =
        |said: Option<bool>| said.map_or(Cell::Empty, |yes| Cell::Text(if yes { "Ja" } else { "Nej" }.to_owned()));
    let since = |months: i32| {
        let month = u32::try_from(months.rem_euclid(12)).unwrap_or_default();
        Cell::Month(FIRST_YEAR + months.div_euclid(12), month + 1)
    };
    [
        Cell::Number(employment.person.number),
        Cell::Month(employment.year, employment.month),
        Cell::Text(employment.group.to_owned()),
        Cell::Number(employment.percent),
        yes(employment.person.degree),
        employment.person.since.map_or(Cell::Empty, since),
        // Nobody judges the competence of an administrator.
        if employment.group == OTHER { Cell::Text(".".to_owned()) } else { yes(employment.competent) },
        Cell::Text(office.code.clone()),
    ]
}

/// The habits of one HR office.
#[expect(clippy::struct_excessive_bools, reason = "habits that are independent of each other")]
struct Hand {
    /// Dates are dates of Excel; otherwise text.
    serial_dates: bool,
    /// Numbers are stored as text.
    text_numbers: bool,
    /// An empty row after every month, and some rows hidden by a filter.
    airy: bool,
    /// Another sheet stands before the table.
    foreword: bool,
    /// Something is written below the sum.
    afterword: bool,
    /// An empty row above the headings.
    lowered: bool,
}

impl Hand {
    fn of(office: &Office) -> Self {
        let number = office.number;
        Self {
            serial_dates: number % 3 != 1,
            text_numbers: number % 4 == 1,
            airy: number % 5 == 2,
            foreword: number % 6 == 3,
            afterword: number.is_multiple_of(2),
            lowered: number % 7 == 4,
        }
    }
}

/// The bytes of the workbook; the same records give the same bytes.
pub(super) fn workbook(
    office: &Office,
    year: i32,
    records: &[Record],
    misplaced: Misplaced,
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // Without a date of its own the file would tell when the sample was made.
    let made = ExcelDateTime::from_ymd(u16::try_from(year + 1).unwrap_or_default(), 1, 15)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made).set_comment("Påhittade uppgifter."));
    let hand = Hand::of(office);
    if hand.foreword {
        let sheet = workbook.add_worksheet().set_name("Läs mig")?;
        sheet.write_string(0, 0, format!("Personal {year}, {} (påhittad)", office.name))?;
    }
    let sheet = workbook.add_worksheet().set_name(SHEET)?;
    let mut table = Table { sheet, hand, next: 0, month: Format::new().set_num_format("yyyy-mm") };
    table.headings(misplaced)?;
    let first = table.next;
    let mut before = None;
    for (number, record) in records.iter().enumerate() {
        if table.hand.airy && before.is_some_and(|month| month != &record[1]) {
            table.next += 1;
        }
        before = Some(&record[1]);
        table.record(number, record)?;
    }
    table.sum(first, records)?;
    workbook.save_to_buffer()
}

struct Table<'a> {
    sheet: &'a mut Worksheet,
    hand: Hand,
    /// The next row, from 0.
    next: u32,
    month: Format,
}

impl Table<'_> {
    /// Two heading rows: what the columns are about, in cells that span them, and what they are called.
    fn headings(&mut self, misplaced: Misplaced) -> Result<(), XlsxError> {
        self.next += u32::from(self.hand.lowered);
        let (bold, centred) = (Format::new().set_bold(), Format::new().set_bold().set_align(FormatAlign::Center));
        for (from, to, heading) in HEADINGS {
            self.sheet.merge_range(self.next, from, self.next, to, heading, &centred)?;
        }
        for (column, header) in (0..).zip(HEADERS) {
            let header =
                if misplaced == Misplaced::OtherColumns { header.to_uppercase() + " (ny)" } else { header.to_owned() };
            self.sheet.write_string_with_format(self.next + 1, column, header, &bold)?;
        }
        self.next += 2;
        Ok(())
    }

    fn record(&mut self, number: usize, record: &Record) -> Result<(), XlsxError> {
        for (column, cell) in (0..).zip(record) {
            self.cell(column, cell)?;
        }
        if self.hand.airy && number % 50 == 7 {
            self.sheet.set_row_hidden(self.next)?;
        }
        self.next += 1;
        Ok(())
    }

    fn cell(&mut self, column: u16, cell: &Cell) -> Result<(), XlsxError> {
        let row = self.next;
        match cell {
            Cell::Empty => {}
            Cell::Text(text) => {
                self.sheet.write_string(row, column, text)?;
            }
            Cell::Number(number) if self.hand.text_numbers => {
                self.sheet.write_string(row, column, number.to_string())?;
            }
            Cell::Number(number) => {
                self.sheet.write_number(row, column, *number)?;
            }
            Cell::Month(year, month) if self.hand.serial_dates => {
                let (year, month) =
                    (u16::try_from(*year).unwrap_or_default(), u8::try_from(*month).unwrap_or_default());
                self.sheet.write_datetime_with_format(
                    row,
                    column,
                    ExcelDateTime::from_ymd(year, month, 1)?,
                    &self.month,
                )?;
            }
            Cell::Month(year, month) => {
                self.sheet.write_string(row, column, format!("{year}-{month:02}"))?;
            }
        }
        Ok(())
    }

    /// The row that ends the table, with a formula where the degrees are numbers.
    fn sum(&mut self, first: u32, records: &[Record]) -> Result<(), XlsxError> {
        let degree = |record: &Record| if let Cell::Number(percent) = record[3] { percent } else { 0 };
        let total: u32 = records.iter().map(degree).sum();
        self.sheet.write_string(self.next, 0, "Summa")?;
        if self.hand.text_numbers {
            self.sheet.write_number(self.next, 3, total)?;
        } else {
            let formula = Formula::new(format!("=SUM(D{}:D{})", first + 1, self.next)).set_result(total.to_string());
            self.sheet.write_formula(self.next, 3, formula)?;
        }
        if self.hand.afterword {
            self.sheet.write_string(self.next + 2, 0, "Uttag ur personalsystemet, påhittat")?;
        }
        Ok(())
    }
}
