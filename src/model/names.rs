//! Typed names and ids: what a slice, a delivery and a run are called.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! text_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_name! {
    /// A deliverer: a district's two digits (`24`), or the name of a central office (`stad`).
    DelivererCode
}
text_name! {
    /// A dataset of the extract contract (`anmalningar`).
    DatasetName
}
text_name! {
    /// A period as it stands in the resource name: a calendar year (`2007`) unless the dataset says otherwise.
    Period
}

impl Period {
    /// The calendar year, when the period is one.
    pub fn year(&self) -> Option<i32> {
        (self.0.len() == 4).then(|| self.0.parse().ok()).flatten()
    }
}

impl From<i32> for Period {
    fn from(year: i32) -> Self {
        Self(format!("{year:04}"))
    }
}

/// What is replaced whole by each delivery: (deliverer, dataset, period).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SliceKey {
    pub dataset: DatasetName,
    pub period: Period,
    pub deliverer: DelivererCode,
}

impl fmt::Display for SliceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}_{}", self.deliverer, self.dataset, self.period)
    }
}

/// SHA-256 of a resource's bytes as delivered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentHash(pub [u8; 32]);

impl ContentHash {
    /// Reads 64 hexadecimal digits; anything else is `None`.
    pub fn parse(hexadecimal: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(hexadecimal, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

/// One delivery taken into the ledger; also the key of `core.dim_load`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LoadId(pub i64);

/// One run of the night.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunId(pub i64);
