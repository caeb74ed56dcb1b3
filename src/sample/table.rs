//! Rows of the CSV extracts, before an office writes them in its own hand.

use super::{chain::Scene, children::Children};

/// One row, in the contract's order; the number has twelve digits until it is written.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub cells: Vec<String>,
    /// Position of the child among all, `None` for the unborn.
    pub child: Option<usize>,
}

/// Number, `Ofött barn`, `Kön` and `Skyddad identitet`, as the office fills them in.
pub(super) fn person(scene: &Scene<'_>, child: Option<usize>) -> [String; 4] {
    let Some(position) = child else { return ["", "Ja", "", ""].map(str::to_owned) };
    let child = scene.children.get(position);
    // Half of the offices say Nej, the others leave it empty.
    let no = if scene.office.number.is_multiple_of(2) { "Nej" } else { "" };
    let sex = if child.girl { "F" } else { "P" };
    let sex = if scene.office.number % 3 == 1 { "" } else { sex };
    let protected = if Children::is_protected(position) { "Ja" } else { no };
    [child.number.clone(), no.to_owned(), sex.to_owned(), protected.to_owned()]
}
