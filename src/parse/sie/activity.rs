//! Which activity (`verksamhet`) a row carries: the object of the deliverer's activity dimension.
//!
//! A dimension may be divided (`#UNDERDIM 21 … 20`); the code of such an object begins with that of its parent, so a row
//! that carries only the division carries the activity whose code is the longest beginning of it.
//! Declarations are taken in the order of the file, so that two passes over it give every row the same answer.

use std::{borrow::Cow, collections::BTreeSet};

use super::entry::{Entry, number};

#[derive(Debug, Default)]
pub(super) struct Activities {
    dimension: Option<u32>,
    divisions: BTreeSet<u32>,
    codes: BTreeSet<Vec<u8>>,
}

impl Activities {
    /// `dimension`: the deliverer's `sie.activity_dimension`. Without one, no row carries an activity.
    pub(super) fn new(dimension: Option<u32>) -> Self {
        Self { dimension, ..Self::default() }
    }

    pub(super) fn declare(&mut self, entry: &Entry<'_>) {
        match entry {
            Entry::SubDimension { dimension: Some(dimension), parent: Some(parent) }
                if self.dimension == Some(*parent) || self.divisions.contains(parent) =>
            {
                self.divisions.insert(*dimension);
            }
            Entry::Object { dimension, code } if self.dimension.is_some() && *dimension == self.dimension => {
                self.codes.insert(code.to_vec());
            }
            _ => {}
        }
    }

    /// The activity's code as it stands in the file.
    pub(super) fn of<'r>(&self, objects: &'r [Cow<'r, [u8]>]) -> Option<&'r [u8]> {
        let activity = self.dimension?;
        let pairs = || objects.chunks_exact(2).map(|pair| (number::<u32>(&pair[0]), pair[1].as_ref()));
        let own = pairs().find(|(dimension, _)| *dimension == Some(activity)).map(|(_, code)| code);
        let divided = || {
            let (_, code) = pairs().find(|(dimension, _)| dimension.is_some_and(|it| self.divisions.contains(&it)))?;
            (1..=code.len()).rev().map(|end| &code[..end]).find(|start| self.codes.contains(*start))
        };
        own.or_else(divided).filter(|code| !code.trim_ascii().is_empty())
    }
}

/// The dimensions a row's objects are of, in order: rows of unlike shapes may be two views of one amount.
pub(super) fn shape(objects: &[Cow<'_, [u8]>]) -> Vec<u32> {
    let mut dimensions: Vec<u32> = objects.chunks(2).filter_map(|pair| number(&pair[0])).collect();
    dimensions.sort_unstable();
    dimensions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects<'a>(texts: &[&'a str]) -> Vec<Cow<'a, [u8]>> {
        texts.iter().map(|text| Cow::Borrowed(text.as_bytes())).collect()
    }

    #[test]
    fn the_dimension_is_found_among_others() {
        let activities = Activities::new(Some(20));
        assert_eq!(activities.of(&objects(&["1", "100", "20", "410"])), Some(b"410".as_slice()));
        assert_eq!(activities.of(&objects(&["1", "100"])), None);
        assert_eq!(activities.of(&objects(&["20", " "])), None);
        assert_eq!(activities.of(&[]), None);
        assert_eq!(Activities::new(None).of(&objects(&["20", "410"])), None);
    }

    #[test]
    fn a_division_carries_its_parent() {
        let mut activities = Activities::new(Some(20));
        activities.declare(&Entry::SubDimension { dimension: Some(21), parent: Some(20) });
        activities.declare(&Entry::SubDimension { dimension: Some(22), parent: Some(21) });
        for code in [b"4".as_slice(), b"410"] {
            activities.declare(&Entry::Object { dimension: Some(20), code });
        }
        assert_eq!(activities.of(&objects(&["21", "41001"])), Some(b"410".as_slice()));
        assert_eq!(activities.of(&objects(&["22", "4110"])), Some(b"4".as_slice()));
        assert_eq!(activities.of(&objects(&["21", "510"])), None);
    }
}
