//! Districts through the reorganisations: each version of a district, and what became of it.
//!
//! In: `districts.csv` (days inclusive) and `district_succession.csv`. Out: versions, half-open, and for each version its weights in its
//! own and every later organisation. Pure. An organisation is named by how many districts it has.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::{
    error::{Error, Result, codes},
    pipeline::{CodeList, Reference},
};

/// One district while it had one name and one extent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Version {
    pub(super) district_code: String,
    pub(super) name: String,
    pub(super) region: String,
    pub(super) valid_from: NaiveDate,
    /// Half-open; none = still valid.
    pub(super) valid_to: Option<NaiveDate>,
}

/// A version restated to an organisation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Succession {
    pub(super) from: String,
    pub(super) generation: usize,
    pub(super) to: String,
    pub(super) weight: f64,
}

/// What a district handed over, to whom and when.
struct Handover {
    from_code: String,
    to_code: String,
    on: NaiveDate,
    weight: f64,
}

/// All versions, by first day and code.
pub(super) struct Versions {
    pub(super) all: Vec<Version>,
    handovers: Vec<Handover>,
}

impl Version {
    /// The member's code: `12@2007-01-01`.
    pub(super) fn member(&self) -> String {
        format!("{}@{}", self.district_code, self.valid_from)
    }

    fn valid_on(&self, day: NaiveDate) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|to| day < to)
    }
}

impl Versions {
    pub(super) fn of(reference: &Reference) -> Result<Self> {
        let mut all = read(reference, "districts", |row| {
            let last = row.cell("valid_to")?;
            Some(Version {
                district_code: row.text("district_code")?,
                name: row.text("name")?,
                region: row.text("region")?,
                valid_from: row.date("valid_from")?,
                valid_to: if last.is_empty() { None } else { row.date("valid_to")?.succ_opt() },
            })
        })?;
        all.sort_by(|a, b| (a.valid_from, &a.district_code).cmp(&(b.valid_from, &b.district_code)));
        let handovers = read(reference, "district_succession", |row| {
            Some(Handover {
                from_code: row.text("from_code")?,
                to_code: row.text("to_code")?,
                on: row.date("effective_date")?,
                weight: row.cell("weight")?.parse().ok()?,
            })
        })?;
        Ok(Self { all, handovers })
    }

    /// The organisation that began on a day: the number of districts it has.
    pub(super) fn generation(&self, day: NaiveDate) -> usize {
        self.all.iter().filter(|version| version.valid_on(day)).count()
    }

    /// Every version in its own and all later organisations.
    pub(super) fn successions(&self) -> Vec<Succession> {
        let mut organisations: Vec<NaiveDate> = self.all.iter().map(|version| version.valid_from).collect();
        organisations.dedup();
        let mut found = Vec::new();
        for version in &self.all {
            for &began in organisations.iter().filter(|&&began| began >= version.valid_from) {
                let mut weights = BTreeMap::new();
                self.follow(version, began, 1.0, &mut weights);
                let generation = self.generation(began);
                found.extend(weights.into_iter().map(|(to, weight)| Succession {
                    from: version.member(),
                    generation,
                    to,
                    weight,
                }));
            }
        }
        found
    }

    /// Adds the weights of a version among the districts of a day. Each step goes to a version that is valid after this one's end, so
    /// that it comes to an end.
    fn follow(&self, version: &Version, day: NaiveDate, weight: f64, weights: &mut BTreeMap<String, f64>) {
        let Some(ended) = version.valid_to.filter(|&ended| ended <= day) else {
            *weights.entry(version.member()).or_default() += weight;
            return;
        };
        let heirs = self
            .handovers
            .iter()
            .filter(|handover| handover.on == ended && handover.from_code == version.district_code);
        for handover in heirs {
            let heir = self.all.iter().find(|heir| heir.district_code == handover.to_code && heir.valid_on(ended));
            if let Some(heir) = heir {
                self.follow(heir, day, weight * handover.weight, weights);
            }
        }
    }
}

struct Row<'a> {
    list: &'a CodeList,
    cells: &'a [String],
}

impl Row<'_> {
    fn cell(&self, column: &str) -> Option<&str> {
        Some(self.cells[self.list.column(column)?].trim())
    }
    fn text(&self, column: &str) -> Option<String> {
        self.cell(column).map(str::to_owned)
    }
    fn date(&self, column: &str) -> Option<NaiveDate> {
        self.list.date(self.cells, column)
    }
}

fn read<T>(reference: &Reference, name: &str, each: impl Fn(&Row<'_>) -> Option<T>) -> Result<Vec<T>> {
    let bad = |detail: &str| Error::new(&codes::settings::BAD_REFERENCE).detail(detail).at(format_args!("{name}.csv"));
    let list = reference.list(name).ok_or_else(|| bad("the list is missing"))?;
    let rows = list.rows.iter().map(|cells| each(&Row { list, cells }));
    rows.collect::<Option<Vec<T>>>().ok_or_else(|| bad("a column is missing, or a date or weight is not one"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{pipeline::Assets, settings::Paths};

    fn versions() -> Versions {
        let paths = Paths {
            data_dir: "var".into(),
            landing: None,
            snapshots: None,
            pipelines: None,
            sql: None,
            reference: None,
            program: None,
        };
        let assets = Assets::load(&paths).expect("files");
        Versions::of(&Reference::load(&assets.reference).expect("lists")).expect("districts")
    }

    fn restated(from: &str, generation: usize) -> Vec<(String, f64)> {
        let all = versions().successions();
        let found = all.into_iter().filter(|s| s.from == from && s.generation == generation);
        found.map(|s| (s.to, s.weight)).collect()
    }

    #[test]
    fn organisations_have_as_many_districts_as_their_names_say() {
        let versions = versions();
        let day = |text: &str| text.parse::<NaiveDate>().expect("a date");
        for (on, districts) in
            [("2006-12-31", 18), ("2007-01-01", 14), ("2020-06-30", 14), ("2020-07-01", 13), ("2023-07-01", 11)]
        {
            assert_eq!(versions.generation(day(on)), districts, "{on}");
        }
    }

    #[test]
    fn merged_districts_are_followed_to_their_heirs() {
        assert_eq!(restated("22@1999-01-01", 18), [("22@1999-01-01".to_owned(), 1.0)]);
        assert_eq!(restated("22@1999-01-01", 14), [("22@2007-01-01".to_owned(), 1.0)]);
        assert_eq!(restated("22@1999-01-01", 13), [("22@2020-07-01".to_owned(), 1.0)]);
        // Kista went to Rinkeby-Kista and on to Järva.
        assert_eq!(restated("02@1999-01-01", 11), [("03@2023-07-01".to_owned(), 1.0)]);
    }

    #[test]
    fn an_unchanged_district_stays_itself_and_a_new_one_has_no_past() {
        for generation in [18, 14, 13, 11] {
            assert_eq!(restated("06@1999-01-01", generation), [("06@1999-01-01".to_owned(), 1.0)]);
        }
        assert_eq!(restated("12@2007-01-01", 18), []);
        assert_eq!(restated("12@1999-01-01", 14), [("12@2007-01-01".to_owned(), 1.0)]);
    }

    #[test]
    fn every_version_is_whole_in_every_later_organisation() {
        let versions = versions();
        let mut sums: BTreeMap<(String, usize), f64> = BTreeMap::new();
        for succession in versions.successions() {
            *sums.entry((succession.from, succession.generation)).or_default() += succession.weight;
        }
        for version in &versions.all {
            for generation in [18, 14, 13, 11] {
                let sum = sums.get(&(version.member(), generation)).copied();
                let own = versions.generation(version.valid_from);
                assert_eq!(sum.is_some(), generation <= own, "{} in {generation}", version.member());
                assert!(sum.is_none_or(|sum| (sum - 1.0).abs() < 1e-9));
            }
        }
    }
}
