//! What lies beneath an error of a library, of which only the kind is ever told.

use std::{error::Error, io};

/// The error itself and everything beneath it; an I/O error that only wraps another is opened too.
pub fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), beneath)
}

fn beneath<'a>(error: &&'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    let error: &'a (dyn Error + 'static) = *error;
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_inside_an_io_error_is_found() {
        let number = "x".parse::<u8>().unwrap_err();
        let wrapped = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, number.clone()));
        assert!(causes(&wrapped).any(|cause| cause.downcast_ref() == Some(&number)));
        assert_eq!(causes(&number).count(), 1);
    }
}
