//! Made-up intakes (`anmalningar`): what is reported, by whom, and what is decided on it.

use chrono::{Days, NaiveDate};

use super::{
    chain::{Scene, known},
    children::Children,
    dice::Dice,
    table::{Row, person},
};

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

pub(super) const OPENED: &str = "Utredning inleds";
pub(super) const NOT_OPENED: &str = "Utredning inleds ej";
pub(super) const ALREADY_OPEN: &str = "Pågår redan";

/// Kind, weight, and of a hundred that are decided, how many open an investigation.
const KINDS: [(&str, usize, usize); 3] = [("Anmälan", 82, 0), ("Ansökan", 13, 70), ("Begäran om yttrande", 5, 30)];

/// Reporter, weight, and of a hundred that are decided, how many open an investigation: about 42 in all.
const REPORTERS: [(&str, usize, usize); 13] = [
    ("Polis", 24, 32),
    ("Skola", 18, 46),
    ("Vårdnadshavare", 11, 54),
    ("Hälso- och sjukvård", 9, 44),
    ("Annan enhet inom förvaltningen", 8, 50),
    ("Anonym", 7, 18),
    ("Annan socialtjänst", 6, 56),
    ("Anhörig eller granne", 5, 34),
    ("BUP", 4, 52),
    ("Förskola", 3, 47),
    ("Barnhälsovård", 2, 48),
    ("Barnet självt", 2, 60),
    ("Annan", 1, 30),
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

/// One intake about one child.
#[derive(Debug, Clone)]
pub(super) struct Intake {
    pub id: String,
    /// Position of the child among all, `None` for the unborn.
    pub child: Option<usize>,
    pub received: NaiveDate,
    pub kind: &'static str,
    /// Empty for applications and requests.
    pub reporter: &'static str,
    reasons: String,
    assessed: String,
    /// Empty: not decided.
    pub decision: &'static str,
    pub decided: Option<NaiveDate>,
    pub basis: &'static str,
    pub investigation: Option<String>,
}

impl Intake {
    /// What is reported on a day, and what is decided on it; of whom, the caller says.
    pub fn drawn(scene: &Scene<'_>, id: String, received: NaiveDate, dice: &mut Dice) -> Self {
        let (kind, opens) = weighted(&KINDS, dice);
        let (reporter, opens) = if kind == "Anmälan" { weighted(&REPORTERS, dice) } else { ("", opens) };
        let decision = match dice.below(100) {
            0..4 => "",
            4..16 => ALREADY_OPEN,
            _ if dice.below(100) < scene.office.opens(opens) => OPENED,
            _ => NOT_OPENED,
        };
        // What is decided after the extract was made, the extract does not know.
        let decided = known(received + Days::new(3 + dice.below(28) as u64)).filter(|_| !decision.is_empty());
        let decision = decided.map_or("", |_| decision);
        Self {
            id,
            child: None,
            received,
            kind,
            reporter,
            reasons: reasons(dice),
            assessed: assessed(received, dice),
            decision,
            decided,
            basis: if decision == OPENED { dice.weighted(&[("11:1", 85), ("11:2", 15)]) } else { "" },
            investigation: None,
        }
    }

    /// The same intake, about one of the siblings.
    pub fn about(&self, child: Option<usize>) -> Self {
        Self { child, ..self.clone() }
    }

    /// The cells in the contract's order.
    pub fn row(&self, scene: &Scene<'_>) -> Row {
        let [number, unborn, sex, protected] = person(scene, self.child);
        let cells = vec![
            self.id.clone(),
            number,
            unborn,
            sex,
            protected,
            self.received.to_string(),
            self.kind.to_owned(),
            self.reporter.to_owned(),
            self.reasons.clone(),
            self.assessed.clone(),
            self.decision.to_owned(),
            self.decided.map_or_else(String::new, |date| date.to_string()),
            self.basis.to_owned(),
            self.investigation.clone().unwrap_or_default(),
            scene.office.code.clone(),
        ];
        Row { cells, child: self.child }
    }
}

/// One to three siblings, or one unborn child.
pub(super) fn family(
    scene: &Scene<'_>,
    received: NaiveDate,
    children: &Children,
    dice: &mut Dice,
) -> Vec<Option<usize>> {
    if dice.chance(12) {
        return vec![None];
    }
    let mut siblings = Vec::new();
    for _ in 0..dice.weighted(&[(1, 82), (2, 13), (3, 5)]) {
        let child = Some(children.pick(dice, scene.office, received));
        if !siblings.contains(&child) {
            siblings.push(child);
        }
    }
    siblings
}

fn weighted(of: &[(&'static str, usize, usize)], dice: &mut Dice) -> (&'static str, usize) {
    let of: Vec<_> = of.iter().map(|&(value, weight, opens)| ((value, opens), weight)).collect();
    dice.weighted(&of)
}

fn assessed(received: NaiveDate, dice: &mut Dice) -> String {
    match dice.below(100) {
        0..4 => "..".to_owned(),
        4..6 => ".".to_owned(),
        6..16 => String::new(),
        _ => (received + Days::new(dice.below(3) as u64)).to_string(),
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
