//! Addresses of local files.

use std::{fmt::Write as _, os::unix::ffi::OsStrExt, path::Path};

/// The `file:` address of an absolute path, with what has a meaning in addresses escaped.
pub fn file_url(path: &Path) -> String {
    format!("file://{}", escaped(path))
}

/// A path as it stands in an address.
pub fn escaped(path: &Path) -> String {
    let mut text = String::new();
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}
