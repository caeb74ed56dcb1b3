//! The rows that show something: every legal form of a number and a code, and every reason to reject a row.

use super::{
    intakes::row,
    rows::{Row, longest},
};

/// Rinkeby's file of 2006: every form of a child.
pub fn children() -> Vec<Row> {
    let of = |id: &str, child: &str, received: &str| row(("01", 2006), id, child, received);
    vec![
        of("A1", "200001012384", "2006-01-01").with("Orsak", "VINR").with("Beslut", "Utredning inleds"),
        of("A2", "200003212396", "2006-03-20").written("20000321-2396"),
        of("A3", "199004032380", "2006-04-02").written("900403-2380"),
        // Ten digits of this century.
        of("A4", "200505062398", "2006-05-06").written("050506-2398").with("Kön", "P"),
        // Samordningsnummer: month 00, day 60, the 31st of November, and a plain one.
        of("A5", "199000702390", "2006-06-01").written("900070-2390"),
        of("A6", "199008602394", "2006-06-02").written("19900860-2394"),
        of("A7", "199611912388", "2006-11-30"),
        of("A8", "198701892385", "2006-06-04").written("870189-2385"),
        // Twenty for one more day.
        of("A9", "198601012399", "2006-12-31").written("860101-2399"),
        // Unborn: by the investigation, by the intake, and the same child again.
        of("A10", "", "2006-07-01").unborn("U-1").with("Utredning-id", "U-1").with("Kön", "f"),
        of("A11", "", "2006-07-02").unborn("A11"),
        of("A12", "", "2006-07-03").unborn("U-1").with("Utredning-id", "U-1").with("Kön", "F"),
        // Siblings share an id.
        of("A1", "199611262396", "2006-01-01"),
        // A copy, although the number is written in another form; the first stands.
        of("A2", "200003212396", "2006-03-20").copy(),
        // Two that contradict each other.
        of("A13", "200007262397", "2006-08-01").rejected(&["key.conflict"]),
        of("A13", "200007262397", "2006-08-02").rejected(&["key.conflict"]),
        // An id with separator, quote and line break, of 64 characters.
        of(&format!("id;\"\n{}", "x".repeat(59)), "200112172390", "2006-08-03").with("Skyddad identitet", "Nej"),
    ]
}

/// Kista's file of 2006: every form of a code.
pub fn codes() -> Vec<Row> {
    let of = |id: &str, received: &str| row(("02", 2006), id, "200001012384", received);
    vec![
        of("B1", "2006-02-01")
            .kind("  ANMÄLAN\u{a0}", "Anmälan")
            .by("fo\u{308}rskola", "Förskola")
            .with("Orsak", "va\u{30a}ld MOT barn|VINR| vinr ")
            .reads("Beslut", "utredning inleds EJ", "Utredning inleds ej")
            .with("Beslutsdatum", "2006-02-02")
            .with("Skyddsbedömning", "2006-02-01")
            .with("Lagrum", "11:1")
            .with("Skyddad identitet", "NEJ"),
        of("B2", "2006-02-02")
            .kind("Ansökan", "Ansökan")
            .by("..", "dold av avsändaren")
            .with("Orsak", "..")
            .with("Beslut", ".."),
        of("B3", "2006-02-03")
            .kind("Ansökan", "Ansökan")
            .by(".", "ej tillämpligt")
            .with("Lagrum", ".")
            .with("Beslut", "."),
        of("B4", "2006-02-04")
            .kind("Begäran om yttrande", "Begäran om yttrande")
            .by("", "okänd")
            .with("Beslutsdatum", "..")
            .with("Skyddsbedömning", "."),
        of("B5", "2006-02-05").kind("Ansökan", "Ansökan").by("Tandvård", "Tandvård"),
        of("B6", "2006-02-06").with("Orsak", "Skolk|Annat").with("Beslut", "Vilande").with("Lagrum", "14:1"),
        // The unborn child of Rinkeby's U-1, who is one after the merger.
        of("B7", "2006-02-07").unborn("U-1").with("Utredning-id", "U-1"),
        // Protected, but only Södermalm says so, and only in 2007.
        row(("02", 2006), "B8", "200107272395", "2006-02-08"),
        of("B9", "2006-02-09").with("Beslut", "Pågår redan"),
        // A code that no list knows, as long as a text may be.
        row(("04", 2006), "B12", "200001012384", "2006-02-10").kind("Ansökan", "Ansökan").by(longest(), longest()),
        // Still the same child in the next year; and one that has been born since it was marked.
        row(("01", 2007), "B10", "", "2007-01-05").unborn("U-1").with("Utredning-id", "U-1"),
        row(("01", 2007), "B11", "200612312397", "2007-01-06").with("Ofött barn", "ja").with("Kön", "X"),
    ]
}

/// Katarina-Sofia in 2006 and Södermalm in 2007, of one code.
pub fn protected() -> Vec<Row> {
    let before = |id: &str, child: &str, received: &str| row(("12", 2006), id, child, received);
    let after = |id: &str, child: &str, received: &str| row(("12", 2007), id, child, received);
    vec![
        before("C1", "199706132397", "2006-09-01"),
        before("C2", "200202222386", "2006-09-02").with("Skyddad identitet", "Ja").by("Polis", "Polis"),
        before("C3", "200202222386", "2006-09-03").with("Skyddad identitet", "Nej"),
        after("C1", "200107272395", "2007-01-01").with("Skyddad identitet", "JA"),
        after("C4", "200202222386", "2007-12-31").by("Anonym", "Anonym"),
        after("C5", "199706132397", "2007-05-05"),
        // Twenty-one on the day.
        after("C6", "198601012381", "2007-01-01").rejected(&["child.age"]),
        // Eighteen on the birthday, and seventeen the day before.
        after("C7", "198904292383", "2007-04-28"),
        after("C8", "198904292383", "2007-04-29").kind("Ansökan", "Ansökan").by("Barnet självt", "Barnet självt"),
    ]
}

/// Skärholmen's file of 2006: every reason to reject a row, among a few sound ones.
pub fn faults() -> Vec<Row> {
    let of = |id: &str| row(("24", 2006), id, "199712222398", "2006-05-01");
    let mut rows = vec![
        of("D1").written("199712222399").rejected(&["child.identity"]),
        of("D2").written("9712222398").rejected(&["child.identity"]),
        of("D3").written("971222+2398").rejected(&["child.identity"]),
        of("D4").written("200702060000").rejected(&["child.identity"]),
        of("D5").written("").with("Ofött barn", "Nej").rejected(&["child.required"]),
        of("D6").written("").with("Ofött barn", "Ja").with("Skyddad identitet", "Ja").rejected(&["child.required"]),
        of("D7").with("Anmälare", "..").rejected(&["anmalare.required"]),
        of("D8").with("Anmälare", "").rejected(&["anmalare.required"]),
        of("D9").with("Anmälare", "Tandvård").rejected(&["anmalare.code"]),
        of("D10").with("Typ", "Tips").rejected(&["typ.code"]),
        of("D11").with("Inkom", "2007-01-01").rejected(&["inkom.period"]),
        of("D12").with("Inkom", "2006-02-30").rejected(&["inkom.type"]),
        of("D13").with("Beslutsdatum", "2027-01-01").rejected(&["beslutsdatum.future"]),
        of("D14").with("Beslutsdatum", "2006-04-30").rejected(&["ANM-002"]),
        of(&"y".repeat(65)).rejected(&["anmalan_id.length"]),
        of("900403-2380").rejected(&["row.personnummer"]),
        of("D17").with("Skyddad identitet", "Kanske").rejected(&["skyddad_identitet.type"]),
        of("D18").with("Orsak", "Mor 19900403-2380").rejected(&["row.personnummer"]),
        of("").with("Anmälare", "Polis").rejected(&["anmalan_id.required"]),
    ];
    rows.push(of("D20").ragged());
    rows.push(of("D21").by("Hälso- och sjukvård", "Hälso- och sjukvård").with("Orsak", "Brister i omsorgen"));
    rows.push(of("D22").by("BUP", "BUP"));
    rows
}
