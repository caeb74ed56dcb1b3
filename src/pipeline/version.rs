//! The version of a slice's reading: changes whenever the same bytes could give other rows.

use sha2::{Digest, Sha256};

use super::{Declarations, Pipeline};
use crate::settings::Deliverer;

/// Raised when a parser reads the same bytes differently.
const PARSER_VERSION: u32 = 2;

impl Pipeline {
    /// SHA-256 in hexadecimal over what decides how a file is read, beside its bytes: the pipeline, its conform query, the
    /// reference data, the deliverer's settings and the parser's version.
    pub fn version_hash(&self, declarations: &Declarations, deliverer: &Deliverer) -> String {
        let mut hash = Sha256::new();
        let mut part = |name: &str, text: &str| {
            // Lengths keep one part from running into the next.
            hash.update(format!("{name}\0{}\0", text.len()));
            hash.update(text);
        };
        part("parser", &PARSER_VERSION.to_string());
        part("pipeline", &self.text);
        part("conform", declarations.sql.get(&format!("conform/{}.sql", self.target.conform)).unwrap_or_default());
        part("separator", &deliverer.csv.separator.map(String::from).unwrap_or_default());
        part("activity", &deliverer.sie.activity_dimension.map(|dimension| dimension.to_string()).unwrap_or_default());
        for (name, list) in declarations.reference.lists().filter(|(name, _)| self.uses(name, declarations)) {
            let rows = list.rows.iter().map(|row| row.join("\u{1f}")).collect::<Vec<_>>().join("\u{1e}");
            part(name, &list.header.join("\u{1f}"));
            part(name, &rows);
        }
        hex::encode(hash.finalize())
    }

    /// Lists are used by columns (`code_list`) and by rules and the conform query, which name them as tables. Districts
    /// decide for all.
    fn uses(&self, list: &str, declarations: &Declarations) -> bool {
        let conform = declarations.sql.get(&format!("conform/{}.sql", self.target.conform)).unwrap_or_default();
        list == "districts" || list == "district_succession" || self.text.contains(list) || conform.contains(list)
    }
}
