//! The mart and the facts of costs.

use std::collections::BTreeMap;

use super::{
    super::{
        figures::{kronor, or_null, ratio},
        ledgers::{Booked, COST_TYPES, cost_type},
        places::{Place, Slice, shown},
    },
    Behind, Bundle, truth,
};

impl Bundle<'_> {
    /// Budget and outcome of a place, year and cost type.
    fn costs(&self, place: &Place, year: i32, kind: &str) -> (i128, i128) {
        let missing = self.missing("ekonomi");
        let counts = |fact: &&Booked| {
            let own = cost_type(fact);
            fact.slice.1 == year
                && place.holds(fact.slice)
                && !missing.contains(&fact.slice)
                && (own == Some(kind) || kind == "alla" && own.is_some_and(|own| own != "intakt"))
        };
        self.booked.iter().filter(counts).fold((0, 0), |(budget, outcome), fact| {
            if fact.budget { (budget + fact.ore, outcome) } else { (budget, outcome + fact.ore) }
        })
    }

    pub fn cost_trend(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for year in [2006, 2007] {
            for place in shown(year) {
                let Behind { any, whole } = self.behind("ekonomi", &place, |it| it == year);
                let whole_first = self.behind("ekonomi", &place, |it| it == 2006).whole;
                for kind in COST_TYPES {
                    let (budget, outcome) = self.costs(&place, year, kind);
                    let (first_budget, first_outcome) = self.costs(&place, 2006, kind);
                    let null = || or_null(None::<u8>);
                    let sum = |ore| if any { kronor(ore) } else { null() };
                    let compared = |text: String| if whole && whole_first { text } else { null() };
                    // One step, so that the growth of all years is that of one.
                    let growth = [
                        compared(ratio(budget - first_budget, first_budget, 6)),
                        compared(ratio(outcome - first_outcome, first_outcome, 6)),
                    ];
                    let yearly = if year == 2006 { [null(), null()] } else { growth.clone() };
                    let numbers = [
                        sum(budget),
                        sum(outcome),
                        sum(outcome - budget),
                        if any { ratio(outcome - budget, budget, 6) } else { null() },
                        compared(ratio(100 * budget, first_budget, 4)),
                        compared(ratio(100 * outcome, first_outcome, 4)),
                        growth.join("|"),
                        yearly.join("|"),
                        compared(if first_budget == 0 {
                            null()
                        } else {
                            ratio(budget * first_outcome, first_budget * outcome, 6)
                        }),
                    ];
                    let start = place.words(year);
                    lines.push(format!("{start}|lopande|{kind}|{}|{}", numbers.join("|"), truth(whole)));
                }
            }
        }
        lines
    }

    /// Facts of the ledgers: name of the district, month, account and activity, scenario, kronor.
    pub fn facts(&self) -> Vec<String> {
        let name = |slice: Slice| {
            let generation = if slice.1 == 2006 { 18 } else { 14 };
            let place = shown(slice.1)
                .into_iter()
                .find(|it| it.generation == generation && it.district.is_some_and(|(code, _)| code == slice.0));
            place.and_then(|it| it.district).expect("a district").1
        };
        let mut facts: BTreeMap<String, i128> = BTreeMap::new();
        for fact in self.booked {
            let scenario = if fact.budget { "budget" } else { "outcome" };
            let (year, month) = (fact.slice.1, fact.month);
            let key =
                format!("{}|{year}-{month:02}-01|{}/{}|{scenario}", name(fact.slice), fact.account, fact.activity);
            assert!(facts.insert(key, fact.ore).is_none(), "one fact twice");
        }
        facts.into_iter().map(|(key, ore)| format!("{key}|{}", kronor(ore))).collect()
    }
}
