//! Codes: matched after trimming, NFC and case folding, kept in the spelling of the list.

use std::collections::HashMap;

use crate::pipeline::fold;

/// Spellings remembered per column, so that a file of nonsense cannot fill the memory.
const SPELLINGS: usize = 4096;

/// The codes one column may hold.
pub(in crate::parse) struct CodeBook {
    codes: Vec<String>,
    by_folded: HashMap<String, usize>,
    /// Cells seen that meant a code, as they were written: the next one costs one look-up and no folding.
    by_spelling: HashMap<String, usize>,
}

impl CodeBook {
    pub fn new(codes: impl IntoIterator<Item = String>) -> Self {
        let codes: Vec<String> = codes.into_iter().collect();
        // Of spellings that fold to one code the first is the canonical one.
        let by_folded = codes.iter().enumerate().rev().map(|(place, code)| (fold(code), place)).collect();
        let by_spelling = codes.iter().enumerate().rev().map(|(place, code)| (code.clone(), place)).collect();
        Self { codes, by_folded, by_spelling }
    }

    /// The place of a trimmed cell's code.
    pub fn find(&mut self, cell: &str) -> Option<usize> {
        if let Some(&place) = self.by_spelling.get(cell) {
            return Some(place);
        }
        let place = *self.by_folded.get(&fold(cell))?;
        if self.by_spelling.len() < SPELLINGS {
            self.by_spelling.insert(cell.to_owned(), place);
        }
        Some(place)
    }

    /// The canonical spelling.
    pub fn code(&self, place: usize) -> &str {
        &self.codes[place]
    }
}

/// Members every dimension has. A cell must not name them, or it would pass for what it is not.
pub(in crate::parse) fn is_reserved(code: &str) -> bool {
    matches!(code, "_unknown" | "_not_applicable" | "_not_delivered" | "_suppressed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_after_folding_and_keeps_the_lists_spelling() {
        let mut book = CodeBook::new(["Förskola".to_owned(), "BUP".to_owned()]);
        for cell in ["Förskola", "FÖRSKOLA", "fo\u{308}rskola", "fÖrskola"] {
            let place = book.find(cell).unwrap();
            assert_eq!(book.code(place), "Förskola");
            assert_eq!(book.find(cell), Some(place), "again, from memory");
        }
        assert_eq!(book.find("Forskola"), None);
    }
}
