//! Legal variants of one file give equal batches; bytes of any kind never panic and never show.

use proptest::prelude::*;

use super::*;

/// Rows with every kind of character and absence.
fn sample() -> Vec<String> {
    let mut rows: Vec<String> = children()
        .iter()
        .filter(|number| number.as_str() >= "1988" && number.as_str() < "2006")
        .take(9)
        .enumerate()
        .map(|(i, number)| {
            let id = format!("Å-{i}");
            row(&[
                ("Anmälan-id", &id),
                ("Personnummer", number),
                ("Orsak", "VINR|Våld mot barn"),
                ("Lagrum", [".", "..", "", "11:2"][i % 4]),
            ])
        })
        .collect();
    rows.push(row(&[("Personnummer", ""), ("Ofött barn", "ja"), ("Kön", "f")]));
    rows.push(row(&[("Anmälare", "Grannen på hörnet"), ("Inkom", "2006-12-31")]));
    rows
}

fn file(rows: &[String]) -> Vec<Vec<String>> {
    let cells = |line: &str| line.split(';').map(str::to_owned).collect();
    std::iter::once(HEADER).chain(rows.iter().map(String::as_str)).map(cells).collect()
}

fn written(records: &[Vec<String>], separator: char, line_break: &str, quoted: bool) -> String {
    let cell = |cell: &String| if quoted { format!("\"{cell}\"") } else { cell.clone() };
    records
        .iter()
        .map(|cells| cells.iter().map(cell).collect::<Vec<_>>().join(&separator.to_string()) + line_break)
        .collect()
}

fn encoded(text: &str, encoding: u8) -> Vec<u8> {
    match encoding {
        0 => text.as_bytes().to_vec(),
        1 => format!("\u{feff}{text}").into_bytes(),
        _ => encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn order_of_columns_encoding_quoting_and_line_breaks_make_no_difference(
        order in Just((0..15).collect::<Vec<usize>>()).prop_shuffle(),
        encoding in 0_u8..3,
        line_break in prop::sample::select(vec!["\n", "\r\n"]),
        separator in prop::sample::select(vec![';', '\t']),
        quoted: bool,
        last_line_break: bool,
        batch_rows in 1_usize..20,
    ) {
        let records = file(&sample());
        let plain = Night::new().parse(written(&records, ';', "\n", false).as_bytes()).unwrap();
        let shuffled: Vec<Vec<String>> =
            records.iter().map(|cells| order.iter().map(|&place| cells[place].clone()).collect()).collect();
        let mut text = written(&shuffled, separator, line_break, quoted);
        if !last_line_break {
            text.truncate(text.len() - line_break.len());
        }
        let mut night = Night { batch_rows, ..Night::new() };
        night.deliverer.csv.separator = Some(separator);
        let other = night.parse(&encoded(&text, encoding)).unwrap();
        prop_assert_eq!(&plain.rows, &other.rows);
        prop_assert_eq!(&plain.reasons, &other.reasons);
    }

    #[test]
    fn bytes_of_any_kind_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), with_header: bool) {
        let mut file = if with_header { format!("{HEADER}\n").into_bytes() } else { Vec::new() };
        file.extend(bytes);
        let _ = Night::new().parse(&file);
    }

    #[test]
    fn no_cell_shows_in_a_reason_or_an_error(
        cells in prop::collection::vec("[a-zåäö0-9 |+-]{6,30}", 15),
        place in 0_usize..15,
        number in 0_usize..60,
    ) {
        let number = children().swap_remove(number);
        let mut cells = cells;
        cells[place] = format!("{}-{}", &number[..8], &number[8..]);
        let file = format!("{HEADER}\n{}\n", cells.join(";"));
        let said = match Night::new().parse(file.as_bytes()) {
            Ok(parsed) => format!("{:?} {:?}", parsed.reasons, parsed.end),
            Err(error) => format!("{error} {error:?}"),
        };
        for cell in &cells {
            prop_assert!(!said.contains(cell.trim()), "{}", said);
        }
        prop_assert!(!said.contains(&number[8..]) && !said.contains(&number[2..8]));
    }
}

#[test]
fn header_cells_match_after_nfc_trimming_and_folding() {
    use unicode_normalization::UnicodeNormalization;
    let header = HEADER.replace("Ofött barn", " Ofött\u{a0}barn ").nfd().collect::<String>();
    let parsed = Night::new().parse(format!("{header}\n{}\n", row(&[])).as_bytes()).unwrap();
    assert_eq!(parsed.rules(), []);
    assert_eq!(parsed.rows.num_rows(), 1);
}

#[test]
fn a_file_larger_than_a_chunk_is_read_whole() {
    let rows: Vec<String> = (0..8_000).map(|i| row(&[("Anmälan-id", &format!("A-{i}"))])).collect();
    for line_break in ["\n", "\r\n"] {
        let text = format!("{HEADER}{line_break}{}{line_break}", rows.join(line_break));
        assert!(text.len() > 3 * 256 * 1024);
        for encoding in 0..3 {
            let parsed = Night::new().parse(&encoded(&text, encoding)).unwrap();
            assert_eq!(parsed.rules(), []);
            assert_eq!(parsed.end.tally.rows_read, 8_000);
            assert_eq!(parsed.int64("_line").last(), Some(&Some(8_001)));
        }
    }
}
