//! Made-up intakes (`anmalningar`) of one office and year, as the rows of the contract.

use chrono::{Datelike, Days, NaiveDate};

use super::{children::Children, dice::Dice, offices::Office};

/// Headers in the contract's order; each office shuffles them in its own way.
pub(super) const HEADERS: [&str; 15] = [
    "Anmälan-id",
    "Personnummer",
    "Ofött barn",
    "Kön",
    "Skyddad identitet",
    "Inkom",
    "Typ",
    "Anmälare",
    "Orsak",
    "Skyddsbedömning",
    "Beslut",
    "Beslutsdatum",
    "Lagrum",
    "Utredning-id",
    "Stadsdel",
];

const TYPES: [(&str, usize); 3] = [("Anmälan", 82), ("Ansökan", 13), ("Begäran om yttrande", 5)];

const REPORTERS: [(&str, usize); 13] = [
    ("Polis", 24),
    ("Skola", 18),
    ("Vårdnadshavare", 11),
    ("Hälso- och sjukvård", 9),
    ("Annan enhet inom förvaltningen", 8),
    ("Anonym", 7),
    ("Annan socialtjänst", 6),
    ("Anhörig eller granne", 5),
    ("BUP", 4),
    ("Förskola", 3),
    ("Barnhälsovård", 2),
    ("Barnet självt", 2),
    ("Annan", 1),
];

const REASONS: [(&str, usize); 7] = [
    ("Eget beteende hos barnet", 24),
    ("Brister i omsorgen", 22),
    ("VINR", 12),
    ("Våld mot barn", 14),
    ("Missbruk förälder", 12),
    ("Psykisk ohälsa förälder", 8),
    ("Annat", 8),
];

const DECISIONS: [(&str, usize); 4] =
    [("Utredning inleds", 41), ("Utredning inleds ej", 43), ("Pågår redan", 12), ("", 4)];

/// Per mille of the intakes of 2006, by year: more every year, as the seeds say.
const GROWTH: [(i32, u64); 3] = [(2006, 1000), (2007, 1080), (2008, 1140)];

/// One row, in the contract's order; the number has twelve digits until it is written.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub cells: [String; 15],
    /// Position of the child among all, `None` for the unborn.
    pub child: Option<usize>,
}

/// The rows of one file, in order of receipt.
pub(super) fn intakes(office: &Office, year: i32, scale: f64, children: &Children, dice: &mut Dice) -> Vec<Row> {
    let growth = GROWTH.iter().find(|(of, _)| *of == year).map_or(1000, |(_, growth)| *growth);
    let expected = (office.children * office.intakes_per_1000 * growth) as f64 / 1_000_000.0 * scale;
    // Few enough to count exactly: the largest scale gives millions.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and far below 2^52")]
    let wanted = (expected.round() as usize).max(3);
    let mut rows = Vec::with_capacity(wanted + 3);
    let days = if NaiveDate::from_ymd_opt(year, 2, 29).is_some() { 366 } else { 365 };
    let mut case = 0;
    while rows.len() < wanted {
        case += 1;
        let day = u32::try_from(rows.len() * days / wanted + 1).unwrap_or(1);
        let Some(received) = NaiveDate::from_yo_opt(year, day) else { break };
        family(&Case { office, number: case, received }, children, dice, &mut rows);
    }
    rows
}

struct Case<'a> {
    office: &'a Office,
    number: usize,
    received: NaiveDate,
}

impl Case<'_> {
    fn id(&self, kind: &str) -> String {
        format!("{kind}-{:02}-{}-{:05}", self.received.year() % 100, self.office.code, self.number)
    }
}

/// One intake about one to three siblings, or about one unborn child.
fn family(case: &Case<'_>, children: &Children, dice: &mut Dice, rows: &mut Vec<Row>) {
    let shared = shared_cells(case, dice);
    if dice.chance(12) {
        rows.push(row(case, &shared, None, children));
        return;
    }
    let mut siblings = Vec::new();
    for _ in 0..dice.weighted(&[(1, 82), (2, 13), (3, 5)]) {
        let child = children.pick(dice, case.office, case.received);
        if !siblings.contains(&child) {
            siblings.push(child);
        }
    }
    rows.extend(siblings.into_iter().map(|child| row(case, &shared, Some(child), children)));
}

/// What the siblings of a case have in common.
struct Shared {
    kind: &'static str,
    reporter: &'static str,
    reasons: String,
    assessed: String,
    decision: &'static str,
    decided: String,
    basis: &'static str,
    investigation: String,
}

fn shared_cells(case: &Case<'_>, dice: &mut Dice) -> Shared {
    let kind = dice.weighted(&TYPES);
    let decision = dice.weighted(&DECISIONS);
    let days_later = |days: usize| (case.received + Days::new(days as u64)).to_string();
    let opens = decision == "Utredning inleds";
    let goes_on = decision == "Pågår redan";
    Shared {
        kind,
        reporter: if kind == "Anmälan" { dice.weighted(&REPORTERS) } else { "" },
        reasons: reasons(dice),
        assessed: match dice.below(100) {
            0..4 => "..".to_owned(),
            4..6 => ".".to_owned(),
            6..16 => String::new(),
            _ => days_later(dice.below(3)),
        },
        decision,
        decided: if decision.is_empty() { String::new() } else { days_later(3 + dice.below(28)) },
        basis: if opens { dice.weighted(&[("11:1", 85), ("11:2", 15)]) } else { "" },
        investigation: if opens || (goes_on && dice.chance(700)) { case.id("UTR") } else { String::new() },
    }
}

fn reasons(dice: &mut Dice) -> String {
    let mut reasons = Vec::new();
    for _ in 0..dice.weighted(&[(0, 5), (1, 65), (2, 24), (3, 6)]) {
        let reason = dice.weighted(&REASONS);
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    if reasons.is_empty() && dice.chance(300) { "..".to_owned() } else { reasons.join("|") }
}

fn row(case: &Case<'_>, shared: &Shared, child: Option<usize>, children: &Children) -> Row {
    let (number, sex, protected) = match child {
        Some(position) => {
            let child = children.get(position);
            let sex = if child.girl { "F" } else { "P" };
            // Half of the offices say Nej, the others leave it empty.
            let no = if case.office.number.is_multiple_of(2) { "Nej" } else { "" };
            let sex = if case.office.number % 3 == 1 { "" } else { sex };
            (child.number.clone(), sex, if Children::is_protected(position) { "Ja" } else { no })
        }
        None => (String::new(), "", ""),
    };
    let unborn = match child {
        None => "Ja",
        Some(_) if case.office.number.is_multiple_of(2) => "Nej",
        Some(_) => "",
    };
    let cells = [
        case.id("ANM"),
        number,
        unborn.to_owned(),
        sex.to_owned(),
        protected.to_owned(),
        case.received.to_string(),
        shared.kind.to_owned(),
        shared.reporter.to_owned(),
        shared.reasons.clone(),
        shared.assessed.clone(),
        shared.decision.to_owned(),
        shared.decided.clone(),
        shared.basis.to_owned(),
        shared.investigation.clone(),
        case.office.code.clone(),
    ];
    Row { cells, child }
}
