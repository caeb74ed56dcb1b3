//! What may be said about a cell that was not taken: its size and its digits, never its text.

/// `len=12 digits=10`, in characters.
pub(in crate::parse) fn class(text: &str) -> String {
    let length = text.chars().count();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    format!("len={length} digits={digits}")
}
