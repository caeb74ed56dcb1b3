//! The decision, slice by slice.

use super::{Action, Origin, Plan, Step, Why};
use crate::{
    error::{Code, Policy},
    model::{ContentHash, SliceKey},
};

/// What was seen at a resource's address.
#[derive(Debug, Clone, Copy)]
pub enum Seen {
    Content(ContentHash),
    Missing,
    Problem(&'static Code),
}

/// A version of a slice as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    pub content_hash: ContentHash,
    /// Content hash with the versions of rules, code lists and queries.
    pub fingerprint: String,
    /// Has rejects that time could heal.
    pub heals: bool,
}

/// What an operator has said of a held file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    Undecided,
    Approved,
    Rejected,
}

/// What the ledger knows of a slice.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The version in force.
    pub current: Option<Version>,
    /// The newest decision, where it was to hold a file.
    pub held: Option<(Version, Held)>,
    /// The newest decision, where it was to refuse a file.
    pub refused: Option<Version>,
}

/// Decides one step per slice; `fingerprint` gives the fingerprint a content would have today.
pub fn decide<'a>(
    slices: impl IntoIterator<Item = (&'a SliceKey, Seen, Known)>,
    fingerprint: impl Fn(&SliceKey, ContentHash) -> String,
    reload: bool,
) -> Plan {
    let mut steps: Vec<Step> = slices
        .into_iter()
        .map(|(slice, seen, known)| {
            let (action, why, content_hash) = match seen {
                Seen::Content(hash) => {
                    let (action, why) = of_content(hash, &fingerprint(slice, hash), &known, reload);
                    (action, why, Some(hash))
                }
                Seen::Missing => of_missing(slice, &known, &fingerprint, reload),
                Seen::Problem(code) => (of_problem(code), Why::Problem, None),
            };
            let code = if let Seen::Problem(code) = seen { Some(code.id) } else { None };
            Step { slice: slice.clone(), action, why, code, content_hash }
        })
        .collect();
    steps.sort_by(|a, b| a.slice.cmp(&b.slice));
    Plan { steps }
}

fn of_content(hash: ContentHash, today: &str, known: &Known, reload: bool) -> (Action, Why) {
    const LOAD: Action = Action::Load(Origin::Source);
    let same = |version: &&Version| version.content_hash == hash;

    if let Some(current) = known.current.as_ref().filter(same) {
        return match again(current, today, reload) {
            Some(why) => (LOAD, why),
            None => (Action::Keep, Why::Unchanged),
        };
    }
    if let Some((_, said)) = known.held.as_ref().filter(|(version, _)| version.content_hash == hash) {
        return match said {
            Held::Approved => (LOAD, Why::Approved),
            Held::Rejected => (Action::Refuse, Why::AlreadyRefused),
            Held::Undecided => (Action::Hold, Why::AlreadyHeld),
        };
    }
    if let Some(refused) = known.refused.as_ref().filter(same) {
        return match again(refused, today, reload) {
            Some(why) => (LOAD, why),
            None => (Action::Refuse, Why::AlreadyRefused),
        };
    }
    (LOAD, if known.current.is_some() { Why::Changed } else { Why::New })
}

/// A vanished resource leaves its slice in force; what was landed of it still follows the rules of today.
fn of_missing(
    slice: &SliceKey,
    known: &Known,
    fingerprint: &impl Fn(&SliceKey, ContentHash) -> String,
    reload: bool,
) -> (Action, Why, Option<ContentHash>) {
    let Some(current) = &known.current else { return (Action::Miss, Why::Missing, None) };
    match again(current, &fingerprint(slice, current.content_hash), reload) {
        Some(why) => (Action::Load(Origin::Landing), why, Some(current.content_hash)),
        None => (Action::Miss, Why::Missing, None),
    }
}

/// Why a version that was decided before is gone through again, if it is.
fn again(version: &Version, today: &str, reload: bool) -> Option<Why> {
    if version.fingerprint != today {
        Some(Why::RulesChanged)
    } else if reload {
        Some(Why::Reload)
    } else if version.heals {
        Some(Why::MayHeal)
    } else {
        None
    }
}

fn of_problem(code: &Code) -> Action {
    match code.policy {
        Policy::Refuse => Action::Refuse,
        Policy::Hold => Action::Hold,
        Policy::Fail | Policy::Retry => Action::Fail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DatasetName, DelivererCode, Period};

    const A: ContentHash = ContentHash([1; 32]);
    const B: ContentHash = ContentHash([2; 32]);

    fn version(hash: ContentHash) -> Version {
        Version { content_hash: hash, fingerprint: format!("{hash}/1"), heals: false }
    }

    fn step(seen: Seen, known: Known, rules: u8, reload: bool) -> (Action, Why) {
        let slice = SliceKey {
            dataset: DatasetName::new("anmalningar"),
            period: Period::from(2007),
            deliverer: DelivererCode::new("24"),
        };
        let plan = decide([(&slice, seen, known)], |_, hash| format!("{hash}/{rules}"), reload);
        (plan.steps[0].action, plan.steps[0].why)
    }

    fn current(hash: ContentHash) -> Known {
        Known { current: Some(version(hash)), ..Known::default() }
    }

    const LOAD: Action = Action::Load(Origin::Source);
    const RELOAD: Action = Action::Load(Origin::Landing);

    #[test]
    fn content_is_loaded_when_it_is_new_or_differs() {
        assert_eq!(step(Seen::Content(A), Known::default(), 1, false), (LOAD, Why::New));
        assert_eq!(step(Seen::Content(A), current(A), 1, false), (Action::Keep, Why::Unchanged));
        assert_eq!(step(Seen::Content(A), current(B), 1, false), (LOAD, Why::Changed));
    }

    #[test]
    fn the_version_in_force_is_gone_through_again_for_rules_time_or_on_demand() {
        let healing = Known { current: Some(Version { heals: true, ..version(A) }), ..Known::default() };
        assert_eq!(step(Seen::Content(A), current(A), 2, false), (LOAD, Why::RulesChanged));
        assert_eq!(step(Seen::Content(A), current(A), 1, true), (LOAD, Why::Reload));
        assert_eq!(step(Seen::Content(A), healing, 1, false), (LOAD, Why::MayHeal));
    }

    #[test]
    fn a_vanished_resource_leaves_its_slice_in_force_under_the_rules_of_today() {
        assert_eq!(step(Seen::Missing, Known::default(), 1, false), (Action::Miss, Why::Missing));
        assert_eq!(step(Seen::Missing, current(A), 1, false), (Action::Miss, Why::Missing));
        assert_eq!(step(Seen::Missing, current(A), 2, false), (RELOAD, Why::RulesChanged));
        assert_eq!(step(Seen::Missing, current(A), 1, true), (RELOAD, Why::Reload));
    }

    #[test]
    fn a_held_file_waits_for_a_word_about_that_content_only() {
        let held = |said| Known { held: Some((version(B), said)), ..current(A) };
        assert_eq!(step(Seen::Content(B), held(Held::Undecided), 1, false), (Action::Hold, Why::AlreadyHeld));
        assert_eq!(step(Seen::Content(B), held(Held::Approved), 1, false), (LOAD, Why::Approved));
        assert_eq!(step(Seen::Content(B), held(Held::Rejected), 1, false), (Action::Refuse, Why::AlreadyRefused));
        assert_eq!(step(Seen::Content(A), held(Held::Undecided), 1, false), (Action::Keep, Why::Unchanged));
        assert_eq!(step(Seen::Content(ContentHash([3; 32])), held(Held::Approved), 1, false), (LOAD, Why::Changed));
    }

    #[test]
    fn a_refused_file_is_not_parsed_again_until_rules_change() {
        let refused = || Known { refused: Some(version(B)), ..current(A) };
        assert_eq!(step(Seen::Content(B), refused(), 1, false), (Action::Refuse, Why::AlreadyRefused));
        assert_eq!(step(Seen::Content(B), refused(), 2, false), (LOAD, Why::RulesChanged));
        assert_eq!(step(Seen::Content(B), refused(), 1, true), (LOAD, Why::Reload));
    }
}
