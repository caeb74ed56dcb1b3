//! Which code page a SIE file is really written in, and text in it. `#FORMAT PC8` lies: it stands in UTF-8 files too.
//!
//! Valid UTF-8 is UTF-8. Of other bytes the Swedish letters decide: `å ä ö Å Ä Ö` are 86 84 94 8F 8E 99 in code page 437 and
//! E5 E4 F6 C5 C4 D6 in Windows-1252, where the former are rare signs and the latter, in 437, are Greek letters and
//! box drawings. The file is Windows-1252 when it has more of its letters; else code page 437, which the standard demands.

use std::borrow::Cow;

use oem_cp::code_table::DECODING_TABLE_CP437;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::parse) enum CodePage {
    Utf8,
    Cp437,
    Windows1252,
}

/// Counts of Swedish letters by code page.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    cp437: u64,
    windows_1252: u64,
}

impl Evidence {
    pub(super) fn see(&mut self, line: &[u8]) {
        if line.is_ascii() {
            return;
        }
        for byte in line {
            match byte {
                0x86 | 0x84 | 0x94 | 0x8f | 0x8e | 0x99 => self.cp437 += 1,
                0xe5 | 0xe4 | 0xf6 | 0xc5 | 0xc4 | 0xd6 => self.windows_1252 += 1,
                _ => {}
            }
        }
    }

    /// The code page of a file that is not valid UTF-8.
    pub(super) fn decide(&self) -> CodePage {
        if self.windows_1252 > self.cp437 { CodePage::Windows1252 } else { CodePage::Cp437 }
    }
}

impl CodePage {
    pub(super) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes),
            Self::Windows1252 => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
            Self::Cp437 => match std::str::from_utf8(bytes) {
                Ok(text) if bytes.is_ascii() => Cow::Borrowed(text),
                _ => Cow::Owned(bytes.iter().map(|&byte| cp437(byte)).collect()),
            },
        }
    }
}

fn cp437(byte: u8) -> char {
    if byte < 0x80 { char::from(byte) } else { DECODING_TABLE_CP437[usize::from(byte - 0x80)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(bytes: &[u8]) -> CodePage {
        let mut evidence = Evidence::default();
        evidence.see(bytes);
        evidence.decide()
    }

    #[test]
    fn swedish_letters_decide() {
        assert_eq!(decided(b"F\x94rskola och \x84ldrev\x86rd"), CodePage::Cp437);
        assert_eq!(decided(b"F\xf6rskola och \xe4ldrev\xe5rd"), CodePage::Windows1252);
        assert_eq!(decided(b"caf\x82"), CodePage::Cp437);
    }

    #[test]
    fn each_code_page_reads_its_own() {
        assert_eq!(CodePage::Cp437.decode(b"\x8f\x86 F\x94r\xff"), "Åå För\u{a0}");
        assert_eq!(CodePage::Windows1252.decode(b"\xc5\xe5 F\xf6r\x96"), "Åå För–");
        assert_eq!(CodePage::Utf8.decode("Åå För".as_bytes()), "Åå För");
    }
}
