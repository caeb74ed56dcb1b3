//! Reference data: code lists, districts and accounts, as CSV in `config/` (comma, header row, UTF-8).
//!
//! In: the CSV files. Out: [`Reference`], or all findings at once, each with file and line. The first column of a list is
//! its code; codes match after trimming, NFC and case folding. A list with `valid_from` may repeat a code for another
//! time, never for the same day. Must never read anything but the texts it is given.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use csv_core::{ReadRecordResult, Reader};
use unicode_normalization::UnicodeNormalization;

use super::Files;
use crate::error::{Error, Result, codes::settings::BAD_REFERENCE};

/// Columns of any list that hold a date; those but the first may be empty.
const DATES: [&str; 3] = ["effective_date", "valid_from", "valid_to"];

/// All lists by file name without extension (`reporter_categories`).
#[derive(Debug, Clone, Default)]
pub struct Reference(BTreeMap<String, CodeList>);

/// One CSV file: header and rows of text.
#[derive(Debug, Clone, Default)]
pub struct CodeList {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
    by_folded_code: HashMap<String, usize>,
    /// Physical line of each row.
    lines: Vec<u64>,
}

/// The form in which codes are compared: trimmed, NFC, lower case.
pub fn fold(code: &str) -> String {
    code.trim().nfc().collect::<String>().to_lowercase()
}

impl CodeList {
    /// The canonical code of a cell, if the list knows it.
    pub fn canonical(&self, cell: &str) -> Option<&str> {
        self.by_folded_code.get(&fold(cell)).map(|&row| self.rows[row][0].as_str())
    }

    /// The position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|header| header == name)
    }

    /// The date in a row's column; none where the list has no such column or the cell is empty.
    pub fn date(&self, row: &[String], column: &str) -> Option<NaiveDate> {
        date(&row[self.column(column)?])
    }

    /// True when the row is valid on that day: both dates are inclusive in files, and one that is missing sets no bound.
    pub fn is_valid_on(&self, row: &[String], day: NaiveDate) -> bool {
        self.date(row, "valid_from").is_none_or(|first| first <= day)
            && self.date(row, "valid_to").is_none_or(|last| day <= last)
    }

    /// Findings of a list that columns use as `code_list`: each code stands once, and none is empty.
    pub fn code_findings(&self, name: &str) -> Vec<Error> {
        let finding = |row: usize, detail: &str| {
            Error::new(&BAD_REFERENCE).detail(detail).at(format_args!("{name}.csv:{}", self.lines[row]))
        };
        let timed = self.column("valid_from").is_some();
        let mut findings = Vec::new();
        for (row, cells) in self.rows.iter().enumerate() {
            let code = fold(&cells[0]);
            if code.is_empty() {
                findings.push(finding(row, "a code is empty"));
            } else if !timed && self.by_folded_code[&code] != row {
                findings.push(finding(row, "a code stands twice"));
            }
        }
        findings
    }

    /// Reads one file; findings name `file` and the line.
    fn parse(file: &str, text: &str, findings: &mut Vec<Error>) -> Self {
        let mut records = records(text).into_iter();
        let mut list = Self { header: records.next().map(|(_, cells)| cells).unwrap_or_default(), ..Self::default() };
        let mut finding = |line: u64, detail: String| {
            findings.push(Error::new(&BAD_REFERENCE).detail(detail).at(format_args!("{file}:{line}")));
        };
        if list.header.iter().all(String::is_empty) {
            finding(1, "the header row is missing".to_owned());
            return list;
        }
        for (line, cells) in records {
            if cells.len() == list.header.len() {
                list.by_folded_code.entry(fold(&cells[0])).or_insert(list.rows.len());
                list.rows.push(cells);
                list.lines.push(line);
            } else {
                finding(line, format!("{} cells under {} headers", cells.len(), list.header.len()));
            }
        }
        list.check_dates(&mut finding);
        list.check_overlaps(&mut finding);
        list
    }

    fn check_dates(&self, finding: &mut impl FnMut(u64, String)) {
        for name in DATES {
            let Some(column) = self.column(name) else { continue };
            for (cells, &line) in self.rows.iter().zip(&self.lines) {
                let may_be_empty = name != DATES[0];
                if !(date(&cells[column]).is_some() || may_be_empty && cells[column].is_empty()) {
                    finding(line, format!("`{name}` is not a date YYYY-MM-DD"));
                }
            }
        }
    }

    /// One code must not be valid twice on a day. `valid_to` is inclusive in files.
    fn check_overlaps(&self, finding: &mut impl FnMut(u64, String)) {
        let (Some(from), Some(to)) = (self.column("valid_from"), self.column("valid_to")) else { return };
        let mut spans = Vec::with_capacity(self.rows.len());
        for (cells, &line) in self.rows.iter().zip(&self.lines) {
            let first = date(&cells[from]).unwrap_or(NaiveDate::MIN);
            let last = date(&cells[to]).unwrap_or(NaiveDate::MAX);
            if last < first {
                finding(line, "`valid_to` is before `valid_from`".to_owned());
            }
            spans.push((fold(&cells[0]), first, last, line));
        }
        spans.sort();
        for pair in spans.windows(2) {
            if pair[0].0 == pair[1].0 && pair[1].1 <= pair[0].2 {
                finding(pair[1].3.max(pair[0].3), "the code is valid twice at one time".to_owned());
            }
        }
    }
}

impl Reference {
    /// Reads every `*.csv`; all findings at once.
    pub fn load(files: &Files) -> Result<Self> {
        let (mut lists, mut findings) = (BTreeMap::new(), Vec::new());
        for (path, text) in files.iter() {
            if let Some(name) = path.strip_suffix(".csv") {
                lists.insert(name.to_owned(), CodeList::parse(path, text, &mut findings));
            }
        }
        Error::all(findings).map_or(Ok(Self(lists)), Err)
    }

    pub fn list(&self, name: &str) -> Option<&CodeList> {
        self.0.get(name)
    }

    pub fn lists(&self) -> impl Iterator<Item = (&str, &CodeList)> {
        self.0.iter().map(|(name, list)| (name.as_str(), list))
    }
}

/// A date as reference files write it.
fn date(cell: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(cell.trim(), "%Y-%m-%d").ok()
}

/// The records of a comma-separated text, each with the line it starts on.
fn records(text: &str) -> Vec<(u64, Vec<String>)> {
    let mut reader = Reader::new();
    let mut input = text.strip_prefix('\u{feff}').unwrap_or(text).as_bytes();
    // A record is never longer than the text, nor has it more fields than the text has bytes.
    let mut cells = vec![0; text.len() + 1];
    let mut ends = vec![0; text.len() + 1];
    let mut records = Vec::new();
    let (mut cell_bytes, mut fields) = (0, 0);
    let (mut line, mut counted, mut start) = (1, 0, 0);
    let text_bytes = input;
    loop {
        if fields == 0 && cell_bytes == 0 {
            // Empty lines between records belong to none of them.
            let blank = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            input = &input[blank..];
            start = text_bytes.len() - input.len();
        }
        let (result, read, written, ended) = reader.read_record(input, &mut cells[cell_bytes..], &mut ends[fields..]);
        input = &input[read..];
        cell_bytes += written;
        fields += ended;
        match result {
            ReadRecordResult::Record => {
                line += memchr::memchr_iter(b'\n', &text_bytes[counted..start]).count() as u64;
                counted = start;
                records.push((line, split(&cells, &ends[..fields])));
                (cell_bytes, fields) = (0, 0);
            }
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::End | ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => return records,
        }
    }
}

fn split(cells: &[u8], ends: &[usize]) -> Vec<String> {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.zip(ends).map(|(start, &end)| String::from_utf8_lossy(&cells[start..end]).trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (CodeList, Vec<String>) {
        let mut findings = Vec::new();
        let list = CodeList::parse("list.csv", text, &mut findings);
        (list, findings.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn quoted_cells_and_folded_codes_are_read() {
        let (list, findings) = parse("code,label\r\nA,\"one, \"\"two\"\"\nthree\"\r\nÅngest, x \r\n");
        assert!(findings.is_empty(), "{findings:?}");
        assert_eq!(list.rows[0][1], "one, \"two\"\nthree");
        assert_eq!(list.canonical(" A\u{30a}NGEST "), Some("Ångest"));
        assert_eq!(list.canonical("B"), None);
        assert_eq!(list.lines, [2, 4]);
    }

    #[test]
    fn doubled_codes_are_findings_only_where_the_list_is_a_code_list() {
        let (list, findings) = parse("code\nA\nB\na\n");
        assert!(findings.is_empty());
        let doubled: Vec<_> =
            list.code_findings("list").iter().map(|finding| finding.place().map(str::to_owned)).collect();
        assert_eq!(doubled, [Some("list.csv:4".to_owned())]);
    }

    #[test]
    fn ragged_rows_bad_dates_and_overlaps_are_all_found() {
        let (_, findings) = parse(
            "code,valid_from,valid_to\n01,1999-01-01,2006-12-31\n01,2006-12-31,\n02,1999-13-01,\n03,2000-01-01,1999-01-01\n04\n",
        );
        for line in [3, 4, 5, 6] {
            assert!(
                findings.iter().any(|finding| finding.ends_with(&format!("list.csv:{line}"))),
                "{line}: {findings:?}"
            );
        }
        assert_eq!(findings.len(), 4, "{findings:?}");
    }

    #[test]
    fn the_bundled_lists_are_sound() {
        let paths = toml::from_str("data_dir = \"var\"").expect("paths");
        let reference =
            Reference::load(&crate::pipeline::Assets::load(&paths).expect("assets").reference).expect("reference");
        assert_eq!(reference.list("districts").map(|list| list.rows.len()), Some(25));
        assert_eq!(reference.list("review_tables").map(|list| list.rows.len()), Some(22));
    }
}
