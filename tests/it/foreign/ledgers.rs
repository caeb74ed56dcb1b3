//! The bundle's ledgers, and what each of their rows must become.

use std::fmt::Write as _;

use super::{
    figures::kronor,
    places::{Slice, slices},
};

/// One fact: month, account, activity (empty where there is none), budget or outcome, öre.
#[derive(Debug, Clone)]
pub struct Booked {
    pub slice: Slice,
    pub month: u8,
    pub account: &'static str,
    pub activity: &'static str,
    pub budget: bool,
    pub ore: i128,
}

pub struct Ledger {
    pub slice: Slice,
    pub bytes: Vec<u8>,
    pub booked: Vec<Booked>,
    /// read, merged, control, out of scope
    pub counts: [i64; 4],
    /// Öre that count neither as loaded nor as merged: control, out of scope.
    pub money: [i128; 2],
}

/// `5010/410 1 outcome 900.50`, one fact per line.
fn booked(slice: Slice, facts: &'static str) -> Vec<Booked> {
    let fact = |line: &'static str| {
        let words: Vec<&'static str> = line.split_whitespace().collect();
        let (account, activity) = words[0].split_once('/').expect("a slash");
        let (kronor, ore) = words[3].split_once('.').expect("öre");
        let sign = if kronor.starts_with('-') { -1 } else { 1 };
        let ore = sign * (kronor.trim_start_matches('-').parse::<i128>().unwrap() * 100 + ore.parse::<i128>().unwrap());
        Booked { slice, month: words[1].parse().unwrap(), account, activity, budget: words[2] == "budget", ore }
    };
    facts.lines().filter(|line| !line.trim().is_empty()).map(fact).collect()
}

/// Totals without object, two cost centres, another year, accounts no list knows; code page 437 and `#KSUMMA`.
fn rinkeby() -> Ledger {
    let slice = ("01", 2006);
    let head = "#FLAGGA 0\r\n#KSUMMA\r\n";
    let body = r#"#FORMAT PC8
#SIETYP 3
#PROGRAM "Böckerna åå" 1.0
#FNAMN "Rinkeby \"förvaltning\""
#RAR 0 20060101 20061231
#RAR -1 20050101 20051231
#DIM 1 "Kostnadsställe"
#DIM 20 "Verksamhet"
#OBJEKT 20 "410" "Barn och ungdom"
#KONTO 5010 "Löner"
#UB 0 1930 5
#RES 0 5010 1500.50
#RES 0 3010 -200
#RES 0 4990 70
#RES -1 5010 999
#PSALDO 0 200601 5010 {} 1000.50
#PSALDO 0 200601 5010 {1 "100" 20 "410"} 600.25
#PSALDO 0 200601 5010 {1 "200" 20 "410"} 300.25
#PSALDO 0 200601 5010 {1 "100" 20 "420"} 100
#PSALDO 0 200602 5010 {} 500
#PSALDO 0 200602 5010 {1 "100" 20 "410"} 450.0
#PSALDO 0 200601 3010 {} -200
#PSALDO 0 200601 3010 {20 "410"} -200
#PSALDO 0 200601 4990 {} 70
#PSALDO 0 200601 4990 {20 "410"} 70
#PSALDO 0 200601 1930 {} 5
#PSALDO -1 200512 5010 {} 999
#PSALDO -1 200512 5010 {20 "410"} 999
#PBUDGET 0 200601 5010 {} 1200
#PBUDGET 0 200601 5010 {20 "410"} 1000.01
#PBUDGET 0 200602 5010 {} 300
#PBUDGET 0 200602 5010 {20 "410"} 300
#PBUDGET 0 200601 3010 {} -150
#PBUDGET 0 200601 3010 {20 "410"} -150
"#
    .replace('\n', "\r\n");
    let sum = crc32fast::hash(&code_page_437(&summed(&body)));
    let bytes = code_page_437(&format!("{head}{body}#KSUMMA {sum}\r\n"));
    let booked = booked(
        slice,
        "5010/410 1 outcome 900.50
         5010/420 1 outcome 100.00
         5010/410 2 outcome 450.00
         5010/ 2 outcome 50.00
         3010/410 1 outcome -200.00
         4990/410 1 outcome 70.00
         5010/410 1 budget 1000.01
         5010/ 1 budget 199.99
         5010/410 2 budget 300.00
         3010/410 1 budget -150.00",
    );
    // Control: #RES 1370.50; totals that activities divide 1000.50 + 450 (of 500) - 200 + 70 + 1000.01 (of 1200) + 300 - 150.
    let control = 137_050 + 100_050 + 45_000 - 20_000 + 7_000 + 100_001 + 30_000 - 15_000;
    let out_of_scope = 99_900 + 500 + 99_900 + 99_900;
    Ledger { slice, bytes, booked, counts: [23, 1, 8, 4], money: [control, out_of_scope] }
}

/// What `#KSUMMA` sums: labels and fields without blanks, enclosing quotes and braces.
fn summed(body: &str) -> String {
    let mut out = String::new();
    let mut quoted = false;
    let mut letters = body.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => out.extend(letters.next()),
            '"' => quoted = !quoted,
            '\r' | '\n' | '{' | '}' => {}
            ' ' | '\t' if !quoted => {}
            letter => out.push(letter),
        }
    }
    out
}

fn code_page_437(text: &str) -> Vec<u8> {
    let byte = |letter: char| match letter {
        'å' => 0x86,
        'ä' => 0x84,
        'ö' => 0x94,
        'Å' => 0x8f,
        'Ä' => 0x8e,
        'Ö' => 0x99,
        ascii => u8::try_from(ascii).expect("ASCII"),
    };
    text.chars().map(byte).collect()
}

/// Rows without object are the remainder; vouchers beside the balances; Windows-1252 and tabs.
fn kista() -> Ledger {
    let slice = ("02", 2006);
    let text = "#FLAGGA\t0\n#FORMAT \"PC8\"\n#SIETYP 4\n#FNAMN \"Kista förvaltning åäö\"\n#RAR 0 20060101 20061231\n\
        #RES 0 5010 1000\n#RES 0 7590 40\n#RES 0 4635 0.07\n\
        #PSALDO\t0\t200603\t5010\t{}\t100\n#PSALDO 0 200603 5010 {\"20\" \"410\"} 900\n#PSALDO 0 200603 7590 {} 40\n\
        #PSALDO 0 200612 4635 {20 412} 0.07\n\
        #PBUDGET 0 200603 5010 {20 410} 800.5 3\n#PBUDGET 0 200603 5010 {} 50\n\
        #VER A 1 20060310 \"Lön\"\n{\n\t#TRANS 5010 {20 410} 900\n\t#TRANS 1930 {} -900\n}\n";
    let booked = booked(
        slice,
        "5010/ 3 outcome 100.00
         5010/410 3 outcome 900.00
         7590/ 3 outcome 40.00
         4635/412 12 outcome 0.07
         5010/410 3 budget 800.50
         5010/ 3 budget 50.00",
    );
    let bytes = text.chars().map(|letter| u8::try_from(letter).expect("Latin 1")).collect();
    Ledger { slice, bytes, booked, counts: [11, 0, 4, 1], money: [104_007 + 90_000, -90_000] }
}

/// Vouchers only, with corrections; budgets without object list; UTF-8 with its mark.
fn spanga() -> Ledger {
    let slice = ("03", 2006);
    let text = "\u{feff}#FLAGGA 0\n#FORMAT PC8\n#SIETYP 4\n#FNAMN \"Spånga\"\n#RAR 0 20060101 20061231\n\
        #RES 0 5010 700\n#RES 0 4631 300\n\
        #VER A 1 20060115 \"Lön {klar}\" 20060120\n{\n\
        #TRANS 5010 {20 \"410\" 1 \"7\"} 500 20060131 \"egen dag\"\n\
        #TRANS 5010 {20 \"410\"} 200.00 \"\"\n\
        #BTRANS 5010 {20 \"410\"} 999\n\
        #RTRANS 4631 {20 \"410\"} 300\n\
        #TRANS 4631 {20 \"410\"} 300\n\
        #TRANS 1930 {} -1000\n}\n\
        #VER B 2 20060228 \"Omföring\"\n{\n#TRANS 5010 {20 \"410\"} 50 20060301\n#TRANS 5010 {} -50 20060301\n}\n\
        #PBUDGET 0 200601 5010 650\n#PBUDGET 0 200601 5010 {20 \"410\"} 600\n";
    let booked = booked(
        slice,
        "5010/410 1 outcome 700.00
         4631/410 1 outcome 300.00
         5010/410 3 outcome 50.00
         5010/ 3 outcome -50.00
         5010/ 1 budget 650.00
         5010/410 1 budget 600.00",
    );
    Ledger { slice, bytes: text.into(), booked, counts: [10, 1, 2, 1], money: [100_000, -100_000] }
}

/// Type 2 has no objects, so nothing of it is child care.
fn hasselby() -> Ledger {
    let slice = ("04", 2006);
    let text = "#FLAGGA 0\n#FORMAT PC8\n#SIETYP 2\n#FNAMN \"Hässelby\"\n#RAR 0 20060101 20061231\n\
        #RES 0 5010 500\n#PSALDO 0 200601 5010 {} 500\n#PBUDGET 0 200601 5010 {} 400\n";
    let booked = booked(slice, "5010/ 1 outcome 500.00\n5010/ 1 budget 400.00");
    Ledger { slice, bytes: text.into(), booked, counts: [3, 0, 1, 0], money: [50_000, 0] }
}

/// Cost centres repeat what activities and the remainder say.
fn katarina() -> Ledger {
    let slice = ("12", 2006);
    let text = "#FLAGGA 0\n#FORMAT PC8\n#SIETYP 3\n#FNAMN \"Katarina-Sofia\"\n#RAR 0 20060101 20061231\n\
        #RES 0 5010 100\n#PSALDO 0 200601 5010 {} 10\n#PSALDO 0 200601 5010 {20 \"410\"} 90\n\
        #PSALDO 0 200601 5010 {1 \"100\"} 60\n#PSALDO 0 200601 5010 {1 \"200\"} 40\n\
        #PBUDGET 0 200601 5010 {} 5\n#PBUDGET 0 200601 5010 {20 \"410\"} 95\n#PBUDGET 0 200601 5010 {1 \"100\"} 100\n";
    let booked = booked(
        slice,
        "5010/ 1 outcome 10.00
         5010/410 1 outcome 90.00
         5010/ 1 budget 5.00
         5010/410 1 budget 95.00",
    );
    Ledger { slice, bytes: text.into(), booked, counts: [8, 0, 4, 0], money: [10_000 + 10_000 + 10_000, 0] }
}

/// A small ledger per object only, as every other district sends it.
fn plain(at: i128, slice: Slice) -> Ledger {
    let (code, year) = slice;
    let dimension = if code == "10" { 21 } else { 20 };
    let mut text =
        format!("#FLAGGA 0\n#FORMAT PC8\n#SIETYP 3\n#FNAMN \"Stadsdel {code}\"\n#RAR 0 {year}0101 {year}1231\n");
    let mut booked = Vec::new();
    let grown = i128::from(year - 2006) * (1_234 + 17 * at);
    for (account, activity, month, outcome, budget) in [
        ("5010", "410", 1, 100_000 + 1_111 * at + grown, 99_000 + 900 * at),
        ("4631", "410", 7, 50_033 - 7 * at + 2 * grown, 52_000 + grown),
        ("3010", "410", 12, -9_001 - at, -8_000 - grown),
        ("5010", "510", 12, 777, 888),
    ] {
        let _ =
            writeln!(text, "#PSALDO 0 {year}{month:02} {account} {{{dimension} \"{activity}\"}} {}", kronor(outcome));
        let _ =
            writeln!(text, "#PBUDGET 0 {year}{month:02} {account} {{{dimension} \"{activity}\"}} {}", kronor(budget));
        let fact = |budget, ore| Booked { slice, month, account, activity, budget, ore };
        booked.extend([fact(false, outcome), fact(true, budget)]);
    }
    for account in ["3010", "4631", "5010"] {
        let sum = booked.iter().filter(|it| !it.budget && it.account == account).map(|it| it.ore).sum();
        let _ = writeln!(text, "#RES 0 {account} {}", kronor(sum));
    }
    let results = booked.iter().filter(|it| !it.budget).map(|it| it.ore).sum();
    Ledger { slice, bytes: text.into(), booked, counts: [11, 0, 3, 0], money: [results, 0] }
}

/// One ledger for every file.
pub fn all() -> Vec<Ledger> {
    let particular = vec![rinkeby(), kista(), spanga(), hasselby(), katarina()];
    let known: Vec<Slice> = particular.iter().map(|it| it.slice).collect();
    let others = slices().filter(|slice| !known.contains(slice));
    particular.into_iter().chain(others.zip(0..).map(|(slice, at)| plain(at, slice))).collect()
}

/// Cost type of child and youth care; nothing for other areas and for accounts that no list knows.
pub fn cost_type(fact: &Booked) -> Option<&'static str> {
    match (fact.account, fact.activity) {
        ("5010", "410" | "412") => Some("loner_personal"),
        ("4631", "410") => Some("kopt_vard_hvb"),
        ("4635", "412") => Some("kopt_oppenvard"),
        ("3010", "410") => Some("intakt"),
        _ => None,
    }
}

pub const COST_TYPES: [&str; 10] = [
    "alla",
    "loner_personal",
    "kopt_vard_hvb",
    "kopt_vard_sis",
    "kopt_oppenvard",
    "familjehem_arvode",
    "familjehem_omkostnad",
    "lokal_ovrigt",
    "overhead",
    "intakt",
];
