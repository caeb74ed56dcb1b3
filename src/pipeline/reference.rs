//! Reference data: code lists, districts and accounts, as CSV in `config/` (comma, header row, UTF-8).
//!
//! The first column of a list is its code. Codes match after trimming, NFC and case folding.

use std::collections::{BTreeMap, HashMap};

use unicode_normalization::UnicodeNormalization;

use super::Files;
use crate::error::Result;

/// All lists by file name without extension (`reporter_categories`).
#[derive(Debug, Clone, Default)]
pub struct Reference(BTreeMap<String, CodeList>);

/// One CSV file: header and rows of text.
#[derive(Debug, Clone, Default)]
pub struct CodeList {
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
    by_folded_code: HashMap<String, usize>,
}

/// The form in which codes are compared: trimmed, NFC, lower case.
pub fn fold(code: &str) -> String {
    code.trim().nfc().collect::<String>().to_lowercase()
}

impl CodeList {
    /// The canonical code of a cell, if the list knows it.
    pub fn canonical(&self, cell: &str) -> Option<&str> {
        self.by_folded_code.get(&fold(cell)).map(|&row| self.rows[row][0].as_str())
    }

    /// The position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|header| header == name)
    }
}

impl Reference {
    pub fn load(_files: &Files) -> Result<Self> {
        Ok(Self::default())
    }

    pub fn list(&self, name: &str) -> Option<&CodeList> {
        self.0.get(name)
    }

    pub fn lists(&self) -> impl Iterator<Item = (&str, &CodeList)> {
        self.0.iter().map(|(name, list)| (name.as_str(), list))
    }
}
