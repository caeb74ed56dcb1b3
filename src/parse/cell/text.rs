//! Text as it is kept: trimmed and composed (NFC).

use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// NFC; borrowed when the text is so already, as nearly all text is.
pub(in crate::parse) fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// Counts characters only when the bytes leave it open.
pub(in crate::parse) fn has_more_chars_than(text: &str, most: usize) -> bool {
    text.len() > most && text.chars().nth(most).is_some()
}
