//! Made-up decided open interventions (`insatser`): what investigations lead to, and what is decided anew when one ends.

use chrono::{Datelike, Days, NaiveDate};

use super::{
    chain::{Scene, is_delivered, known},
    dice::Dice,
    investigations::Investigation,
    table::{Row, person},
};

pub(super) const HEADERS: [&str; 12] = [
    "Insats-id",
    "Personnummer",
    "Skyddad identitet",
    "Utredning-id",
    "Beslutsdatum",
    "Startdatum",
    "Slutdatum",
    "Insatskategori",
    "Lagrum",
    "Utförare",
    "Avtalsform",
    "Stadsdel",
];

const CONTACT: &str = "Kontaktperson/-familj";

/// Category, weight, shortest length in days, and how many days more it may take.
const CATEGORIES: [(&str, usize, usize, usize); 7] = [
    (CONTACT, 30, 240, 600),
    ("Socialpedagogisk insats", 24, 90, 240),
    ("Enskilt samtalsstöd", 16, 60, 200),
    ("Programverksamhet", 9, 60, 90),
    ("Kvalificerat nätverksarbete", 8, 30, 150),
    ("Skolsociala insatser", 7, 120, 280),
    ("Riktad dagverksamhet", 6, 90, 280),
];

const CONTRACTS: [(&str, usize); 3] = [("Egen regi", 68), ("Ramavtal", 24), ("Direktupphandling", 8)];

const PROVIDERS: [&str; 5] = [
    "Familjestöd Ek (påhittad) AB",
    "Lönnens öppenvård (påhittad) AB",
    "Stiftelsen Ungdomsstegen (påhittad)",
    "Samtalshuset (påhittat) ek. för.",
    "Nätverk & Hem (påhittad) AB",
];

/// One decided open intervention of one child.
#[derive(Debug, Clone)]
pub(super) struct Intervention {
    id: String,
    pub child: usize,
    pub investigation: Option<String>,
    pub decided: NaiveDate,
    pub start: Option<NaiveDate>,
    pub end: Option<NaiveDate>,
    pub category: &'static str,
    basis: &'static str,
    provider: usize,
    contract: &'static str,
}

impl Intervention {
    /// What an investigation that ends with an intervention leads to: nothing here when the child is placed instead, else one to
    /// three, and those that are decided anew afterwards.
    pub fn of(investigation: &Investigation, scene: &Scene<'_>, dice: &mut Dice) -> Vec<Self> {
        let (Some(child), Some(end)) = (investigation.child, investigation.end) else { return Vec::new() };
        let mut found: Vec<Self> = Vec::new();
        for _ in 0..dice.weighted(&[(0, 9), (1, 72), (2, 16), (3, 3)]) {
            let category = dice.weighted(&CATEGORIES.map(|category| (category, category.1)));
            if found.iter().any(|other| other.category == category.0) {
                continue;
            }
            // What was opened before the source system began has no number in it.
            let source = Some(investigation.id.clone()).filter(|_| is_delivered(investigation.start));
            let serial = format!("{}-{}-{}", &investigation.id[3..], child, found.len() + 1);
            let one = Self::drawn(format!("INS{serial}"), child, source, end, category, dice);
            found.push(one);
        }
        let renewed: Vec<Self> = found.iter().filter_map(|one| one.renewed(scene, dice)).collect();
        found.extend(renewed);
        found
    }

    fn drawn(
        id: String,
        child: usize,
        investigation: Option<String>,
        decided: NaiveDate,
        (category, _, shortest, more): (&'static str, usize, usize, usize),
        dice: &mut Dice,
    ) -> Self {
        let start = (!dice.chance(30)).then(|| decided + Days::new(dice.below(41) as u64)).and_then(known);
        let length = Days::new((shortest + dice.below(more)) as u64);
        let contract = if category == CONTACT { "Egen regi" } else { dice.weighted(&CONTRACTS) };
        Self {
            id,
            child,
            investigation,
            decided,
            start,
            end: start.and_then(|start| known(start + length)),
            category,
            basis: if dice.chance(20) { "LVU" } else { "SoL 4:1" },
            provider: dice.below(PROVIDERS.len()),
            contract,
        }
    }

    /// The same for another while, decided when this one ends; the investigation is long closed.
    fn renewed(&self, scene: &Scene<'_>, dice: &mut Dice) -> Option<Self> {
        let decided = self.end.filter(|_| dice.chance(150))?;
        let category = CATEGORIES.into_iter().find(|category| category.0 == self.category)?;
        let may_have = scene.children.may_have_at(Some(self.child), decided);
        may_have.then(|| Self::drawn(format!("{}-F", self.id), self.child, None, decided, category, dice))
    }

    pub fn is_of(&self, year: i32) -> bool {
        self.decided.year() == year
    }

    pub fn row(&self, scene: &Scene<'_>) -> Row {
        let [number, _, _, protected] = person(scene, Some(self.child));
        let date = |date: Option<NaiveDate>| date.map_or_else(String::new, |date| date.to_string());
        let cells = vec![
            self.id.clone(),
            number,
            protected,
            self.investigation.clone().unwrap_or_default(),
            self.decided.to_string(),
            date(self.start),
            date(self.end),
            self.category.to_owned(),
            self.basis.to_owned(),
            self.provider(scene),
            self.contract.to_owned(),
            scene.office.code.clone(),
        ];
        Row { cells, child: Some(self.child) }
    }

    fn provider(&self, scene: &Scene<'_>) -> String {
        match (self.category, self.contract) {
            // A private home; the loader drops it.
            (CONTACT, _) => format!("Kontaktfamilj {}", 1 + self.child % 400),
            (_, "Egen regi") => format!("{} resursteam", scene.office.name),
            _ => PROVIDERS[self.provider].to_owned(),
        }
    }
}
