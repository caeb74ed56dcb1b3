//! The decision, slice by slice.

use super::{Action, Origin, Step, Why};
use crate::{
    error::{Code, Policy},
    model::{ContentHash, SliceKey},
};

/// What was seen at a resource's address.
#[derive(Debug, Clone, Copy)]
pub enum Seen {
    /// Whole, and read at its address.
    Content(ContentHash),
    /// The server says that nothing has changed since this landed file.
    NotModified(ContentHash),
    /// There, but nothing says that its end is the end; the code's policy is to hold it.
    Unproven(ContentHash, &'static Code),
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
    /// Nothing yet, and nothing was wrong but that its end was not proven.
    Unproven,
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

/// Decides one slice's step; `fingerprint` gives the fingerprint a content would have today.
pub fn decide(
    slice: &SliceKey,
    seen: Seen,
    known: &Known,
    fingerprint: impl Fn(ContentHash) -> String,
    reload: bool,
) -> Step {
    let step = |(action, why), content_hash| Step { slice: slice.clone(), action, why, code: None, content_hash };
    let of_content = |hash| of_content(hash, &fingerprint(hash), known, reload);
    match seen {
        Seen::Content(hash) => step(of_content(hash), Some(hash)),
        Seen::NotModified(hash) | Seen::Unproven(hash, _) if is_unproven(known, hash) => {
            step((Action::Hold, Why::AlreadyHeld), Some(hash))
        }
        Seen::NotModified(hash) => step(from_landing(of_content(hash)), Some(hash)),
        Seen::Unproven(hash, code) => match of_content(hash) {
            // Somebody's word, or the version in force, stands for a content that nothing else proves.
            (Action::Load(_), why) if why != Why::Approved && !is_current(known, hash) => {
                Step { code: Some(code.id), ..step((Action::Hold, Why::Unproven), Some(hash)) }
            }
            decided => step(decided, Some(hash)),
        },
        Seen::Missing => match of_absent(known, &fingerprint, reload) {
            Some((decided, hash)) => step(decided, Some(hash)),
            None => step((Action::Miss, Why::Missing), None),
        },
        Seen::Problem(code) => match approved(known) {
            Some((decided, hash)) => Step { code: Some(code.id), ..step(decided, Some(hash)) },
            None => Step { code: Some(code.id), ..step((of_problem(code), Why::Problem), None) },
        },
    }
}

fn from_landing((action, why): (Action, Why)) -> (Action, Why) {
    match action {
        Action::Load(_) => (Action::Load(Origin::Landing), why),
        other => (other, why),
    }
}

/// Whether this content is held until something proves it, or somebody says a word.
fn is_unproven(known: &Known, hash: ContentHash) -> bool {
    known.held.as_ref().is_some_and(|(version, said)| version.content_hash == hash && *said == Held::Unproven)
}

fn is_current(known: &Known, hash: ContentHash) -> bool {
    known.current.as_ref().is_some_and(|current| current.content_hash == hash)
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
    match known.held.as_ref().filter(|(version, _)| version.content_hash == hash).map(|(_, said)| said) {
        Some(Held::Approved) => return (LOAD, Why::Approved),
        Some(Held::Rejected) => return (Action::Refuse, Why::AlreadyRefused),
        Some(Held::Undecided) => return (Action::Hold, Why::AlreadyHeld),
        // It has come again, and now its end is proven.
        Some(Held::Unproven) | None => {}
    }
    if let Some(refused) = known.refused.as_ref().filter(same) {
        return match again(refused, today, reload) {
            Some(why) => (LOAD, why),
            None => (Action::Refuse, Why::AlreadyRefused),
        };
    }
    (LOAD, if known.current.is_some() { Why::Changed } else { Why::New })
}

/// A vanished resource leaves its slice in force; what was landed of it still follows the rules of today, and the word of
/// whoever approved it.
fn of_absent(
    known: &Known,
    fingerprint: &impl Fn(ContentHash) -> String,
    reload: bool,
) -> Option<((Action, Why), ContentHash)> {
    if let Some(approved) = approved(known) {
        return Some(approved);
    }
    let current = known.current.as_ref()?;
    let why = again(current, &fingerprint(current.content_hash), reload)?;
    Some(((Action::Load(Origin::Landing), why), current.content_hash))
}

/// A held file that was approved is loaded by the next run, whatever its deliverer offers by then.
fn approved(known: &Known) -> Option<((Action, Why), ContentHash)> {
    match &known.held {
        Some((version, Held::Approved)) => Some(((Action::Load(Origin::Landing), Why::Approved), version.content_hash)),
        _ => None,
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
    use crate::{
        error::codes,
        model::{DatasetName, DelivererCode, Period},
    };

    const A: ContentHash = ContentHash([1; 32]);
    const B: ContentHash = ContentHash([2; 32]);

    fn version(hash: ContentHash) -> Version {
        Version { content_hash: hash, fingerprint: format!("{hash}/1"), heals: false }
    }

    fn step(seen: Seen, known: &Known, rules: u8, reload: bool) -> (Action, Why) {
        let slice = SliceKey {
            dataset: DatasetName::new("anmalningar"),
            period: Period::from(2007),
            deliverer: DelivererCode::new("24"),
        };
        let step = decide(&slice, seen, known, |hash| format!("{hash}/{rules}"), reload);
        (step.action, step.why)
    }

    fn current(hash: ContentHash) -> Known {
        Known { current: Some(version(hash)), ..Known::default() }
    }

    const LOAD: Action = Action::Load(Origin::Source);
    const RELOAD: Action = Action::Load(Origin::Landing);

    #[test]
    fn content_is_loaded_when_it_is_new_or_differs() {
        assert_eq!(step(Seen::Content(A), &Known::default(), 1, false), (LOAD, Why::New));
        assert_eq!(step(Seen::Content(A), &current(A), 1, false), (Action::Keep, Why::Unchanged));
        assert_eq!(step(Seen::Content(A), &current(B), 1, false), (LOAD, Why::Changed));
    }

    #[test]
    fn the_version_in_force_is_gone_through_again_for_rules_time_or_on_demand() {
        let healing = Known { current: Some(Version { heals: true, ..version(A) }), ..Known::default() };
        assert_eq!(step(Seen::Content(A), &current(A), 2, false), (LOAD, Why::RulesChanged));
        assert_eq!(step(Seen::Content(A), &current(A), 1, true), (LOAD, Why::Reload));
        assert_eq!(step(Seen::Content(A), &healing, 1, false), (LOAD, Why::MayHeal));
    }

    #[test]
    fn a_vanished_resource_leaves_its_slice_in_force_under_the_rules_of_today() {
        assert_eq!(step(Seen::Missing, &Known::default(), 1, false), (Action::Miss, Why::Missing));
        assert_eq!(step(Seen::Missing, &current(A), 1, false), (Action::Miss, Why::Missing));
        assert_eq!(step(Seen::Missing, &current(A), 2, false), (RELOAD, Why::RulesChanged));
        assert_eq!(step(Seen::Missing, &current(A), 1, true), (RELOAD, Why::Reload));
    }

    #[test]
    fn a_held_file_waits_for_a_word_about_that_content_only() {
        let held = |said| Known { held: Some((version(B), said)), ..current(A) };
        assert_eq!(step(Seen::Content(B), &held(Held::Undecided), 1, false), (Action::Hold, Why::AlreadyHeld));
        assert_eq!(step(Seen::Content(B), &held(Held::Approved), 1, false), (LOAD, Why::Approved));
        assert_eq!(step(Seen::Content(B), &held(Held::Rejected), 1, false), (Action::Refuse, Why::AlreadyRefused));
        assert_eq!(step(Seen::Content(A), &held(Held::Undecided), 1, false), (Action::Keep, Why::Unchanged));
        assert_eq!(step(Seen::Content(ContentHash([3; 32])), &held(Held::Approved), 1, false), (LOAD, Why::Changed));
    }

    #[test]
    fn a_server_that_has_nothing_new_is_taken_by_its_word_and_the_landed_file_is_used() {
        let seen = Seen::NotModified;
        assert_eq!(step(seen(A), &current(A), 1, false), (Action::Keep, Why::Unchanged));
        assert_eq!(step(seen(A), &current(A), 2, false), (RELOAD, Why::RulesChanged));
        assert_eq!(step(seen(A), &current(A), 1, true), (RELOAD, Why::Reload));
        assert_eq!(step(seen(A), &current(B), 1, false), (RELOAD, Why::Changed), "pulled by a run that was cut short");
        let held = |said| Known { held: Some((version(B), said)), ..current(A) };
        assert_eq!(step(seen(B), &held(Held::Undecided), 1, false), (Action::Hold, Why::AlreadyHeld));
        assert_eq!(step(seen(B), &held(Held::Approved), 1, false), (RELOAD, Why::Approved));
        let refused = Known { refused: Some(version(B)), ..current(A) };
        assert_eq!(step(seen(B), &refused, 1, false), (Action::Refuse, Why::AlreadyRefused));
    }

    #[test]
    fn what_nothing_proves_waits_for_a_word_unless_it_is_in_force() {
        let seen = |hash| Seen::Unproven(hash, &codes::extract::NO_PROOF);
        assert_eq!(step(seen(A), &Known::default(), 1, false), (Action::Hold, Why::Unproven));
        assert_eq!(step(seen(B), &current(A), 1, true), (Action::Hold, Why::Unproven));
        assert_eq!(step(seen(A), &current(A), 1, false), (Action::Keep, Why::Unchanged));
        assert_eq!(step(seen(A), &current(A), 2, false), (LOAD, Why::RulesChanged));
        let held = |said| Known { held: Some((version(B), said)), ..current(A) };
        assert_eq!(step(seen(B), &held(Held::Undecided), 1, false), (Action::Hold, Why::AlreadyHeld));
        assert_eq!(step(seen(B), &held(Held::Approved), 1, false), (LOAD, Why::Approved));
        assert_eq!(step(seen(B), &held(Held::Rejected), 1, false), (Action::Refuse, Why::AlreadyRefused));
        let refused = Known { refused: Some(version(B)), ..current(A) };
        assert_eq!(step(seen(B), &refused, 2, false), (Action::Hold, Why::Unproven));
        // The same content again: still unproven, still the landed one, or now with its end.
        assert_eq!(step(seen(B), &held(Held::Unproven), 1, false), (Action::Hold, Why::AlreadyHeld));
        assert_eq!(step(Seen::NotModified(B), &held(Held::Unproven), 1, false), (Action::Hold, Why::AlreadyHeld));
        assert_eq!(step(Seen::Content(B), &held(Held::Unproven), 1, false), (LOAD, Why::Changed));
    }

    #[test]
    fn an_approved_file_is_loaded_from_landing_when_its_deliverer_cannot_be_read() {
        let held = |said| Known { held: Some((version(B), said)), ..current(A) };
        let down = Seen::Problem(&codes::extract::UNREADABLE);
        for seen in [Seen::Missing, down] {
            assert_eq!(step(seen, &held(Held::Approved), 1, false), (RELOAD, Why::Approved));
        }
        assert_eq!(step(Seen::Missing, &held(Held::Undecided), 1, false), (Action::Miss, Why::Missing));
        assert_eq!(step(down, &held(Held::Undecided), 1, false), (Action::Fail, Why::Problem));
    }

    #[test]
    fn a_refused_file_is_not_parsed_again_until_rules_change() {
        let refused = || Known { refused: Some(version(B)), ..current(A) };
        assert_eq!(step(Seen::Content(B), &refused(), 1, false), (Action::Refuse, Why::AlreadyRefused));
        assert_eq!(step(Seen::Content(B), &refused(), 2, false), (LOAD, Why::RulesChanged));
        assert_eq!(step(Seen::Content(B), &refused(), 1, true), (LOAD, Why::Reload));
    }
}
