//! Tables of text: aligned, numbers to the right, no lines but the one under the header.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

/// A table with a header. Columns whose every cell is a number (or empty) stand to the right.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let rows: Vec<Vec<String>> = rows.into_iter().collect();
    let numeric: Vec<bool> = (0..header.len())
        .map(|column| {
            rows.iter().any(|row| is_number(cell(row, column))) && rows.iter().all(|row| fits_number(cell(row, column)))
        })
        .collect();
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let align = |text: &str, column: usize| {
        let alignment = if numeric[column] { CellAlignment::Right } else { CellAlignment::Left };
        Cell::new(text).set_alignment(alignment)
    };
    table.set_header(header.iter().enumerate().map(|(column, name)| align(name, column)));
    for row in &rows {
        table.add_row((0..header.len()).map(|column| align(cell(row, column), column)));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    under_header(&table.to_string())
}

fn cell(row: &[String], column: usize) -> &str {
    row.get(column).map_or("", String::as_str)
}

fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(['-', '−', '+']);
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | ' ' | '\u{a0}' | '%'))
}

fn fits_number(text: &str) -> bool {
    text.is_empty() || text == "–" || is_number(text)
}

fn under_header(text: &str) -> String {
    let mut lines = text.lines().map(str::trim_end);
    let header = lines.next().unwrap_or_default();
    let width = text.lines().map(|line| line.trim_end().chars().count()).max().unwrap_or(0);
    let mut under = format!("{header}\n{}\n", "─".repeat(width));
    for line in lines {
        under.push_str(line);
        under.push('\n');
    }
    under
}

/// A whole number with a no-break space between thousands.
pub fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::from(if number < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push('\u{a0}');
        }
        grouped.push(digit);
    }
    grouped
}

/// Lines of at most `width` characters, broken between words.
pub fn wrapped(text: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right_and_names_keep_their_letters() {
        let rows = [("Skärholmen", "7"), ("Hässelby-Vällingby", "1024")];
        let rows = rows.map(|(name, count)| vec![name.to_owned(), count.to_owned()]);
        insta::assert_snapshot!(table(&["district", "intakes"], rows), @r"
        district            intakes
        ───────────────────────────
        Skärholmen                7
        Hässelby-Vällingby     1024
        ");
    }

    #[test]
    fn long_text_is_broken_between_words() {
        assert_eq!(wrapped("påhittat är allt", 11), "påhittat är\nallt");
        assert_eq!(wrapped("ett", 1), "ett");
    }

    #[test]
    fn groups_thousands() {
        assert_eq!(thousands(-1_234_567), "-1\u{a0}234\u{a0}567");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(0), "0");
    }
}
