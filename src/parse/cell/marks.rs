//! The marks that a wrong decoding leaves in Swedish text.
//!
//! In: a text in UTF-8. Out: whether it was decoded wrongly before it was written. A text without rare bytes costs two searches.

use memchr::memchr3;

/// True for `Ã` or `Â` before what the second byte of å, ä, ö, é or a no-break space becomes, `„` or `÷` between letters, U+FFFD and the
/// control characters U+0080–U+009F.
pub(in crate::parse) fn wrongly_decoded(text: &str) -> bool {
    may_be_marked(text.as_bytes()) && is_marked(text)
}

/// Cheap and never wrong when it says no: each mark has one of these bytes in UTF-8, and å, ä, ö have none.
pub(in crate::parse) fn may_be_marked(text: &[u8]) -> bool {
    memchr3(0x82, 0x83, 0xb7, text).is_some() || memchr3(0x9e, 0xef, 0xc2, text).is_some()
}

fn is_marked(text: &str) -> bool {
    let mut before = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let after = characters.peek().copied();
        let marked = match character {
            '\u{fffd}' | '\u{80}'..='\u{9f}' => true,
            'Ã' => after.is_some_and(is_second_byte),
            'Â' => after == Some('\u{a0}'),
            '„' | '÷' => before.is_some_and(char::is_alphabetic) && after.is_some_and(char::is_alphabetic),
            _ => false,
        };
        if marked {
            return true;
        }
        before = Some(character);
    }
    false
}

/// What the second bytes of å ä ö Å Ä Ö é É ü are in Windows-1252.
fn is_second_byte(character: char) -> bool {
    matches!(character, '¥' | '¤' | '¶' | '…' | '„' | '–' | '©' | '‰' | '¼')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_marks_of_utf8_read_as_windows_1252_and_of_cp437() {
        for text in [
            "FÃ¶rskola",
            "AnmÃ¤lan",
            "Ã…rsta",
            "Ã\u{84}ldre",
            "Ã–stermalm",
            "idÃ©",
            "Sk„rholmen",
            "sk÷ta",
            "f\u{fffd}r",
            "1Â\u{a0}234",
        ] {
            assert!(wrongly_decoded(text), "{text}");
        }
        let twice = encoding_rs::WINDOWS_1252.decode("Skärholmen på Östermalm: én".as_bytes()).0;
        assert!(wrongly_decoded(&twice));
    }

    #[test]
    fn leaves_honest_text_alone() {
        for text in [
            "Åse Ärlig Öberg",
            "João Ãvila",
            "„citat”",
            "3 ÷ 4",
            "1\u{a0}234\u{202f}567,89",
            "20 °C · 5 µm",
            "Skärholmen – Söder",
            "ÂB",
        ] {
            assert!(!wrongly_decoded(text), "{text}");
        }
    }
}
