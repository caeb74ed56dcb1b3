//! Which slices are expected: each covered year of each dataset, from each deliverer that was valid in it.

use std::{collections::BTreeMap, ops::RangeInclusive};

use crate::{
    model::{Period, SliceKey},
    pipeline::Pipeline,
    settings::Deliverer,
};

/// An expected slice with the declaration and the deliverer it comes from.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    pub pipeline: &'a Pipeline,
    pub deliverer: &'a Deliverer,
    pub year: i32,
}

impl Expected<'_> {
    pub fn slice(&self) -> SliceKey {
        SliceKey {
            dataset: self.pipeline.name.clone(),
            period: Period::from(self.year),
            deliverer: self.deliverer.code.clone(),
        }
    }
}

/// The part of the night that was asked for; an empty list means all.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    pub pipelines: Vec<String>,
    pub deliverers: Vec<String>,
    pub periods: Vec<String>,
}

impl Selection {
    pub fn takes(&self, slice: &SliceKey) -> bool {
        let asked = |list: &[String], name: &str| list.is_empty() || list.iter().any(|asked| asked == name);
        asked(&self.pipelines, slice.dataset.as_str())
            && asked(&self.deliverers, slice.deliverer.as_str())
            && asked(&self.periods, slice.period.as_str())
    }
}

/// Every expected slice, in order. Of two entries of one code that are valid in the same year (the code lived on
/// through a reorganisation) the later one delivers; the settings' check allows that only with the same address.
pub fn expected<'a>(
    pipelines: impl IntoIterator<Item = (&'a Pipeline, RangeInclusive<i32>)>,
    deliverers: &'a [Deliverer],
) -> Vec<Expected<'a>> {
    let mut slices = BTreeMap::new();
    for (pipeline, years) in pipelines {
        for year in years {
            for deliverer in deliverers.iter().filter(|d| d.kind == pipeline.deliverers && d.valid_in_year(year)) {
                let expected = Expected { pipeline, deliverer, year };
                slices
                    .entry(expected.slice())
                    .and_modify(|known: &mut Expected<'a>| {
                        if known.deliverer.valid_from < deliverer.valid_from {
                            *known = expected;
                        }
                    })
                    .or_insert(expected);
            }
        }
    }
    slices.into_values().collect()
}
