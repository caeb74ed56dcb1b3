//! Encryption of landed files with age, to the one x25519 recipient of the landing key.
//!
//! Messages of the library are not passed on; each failure becomes a code.

use std::{
    fmt,
    io::{Read, Write},
    sync::Arc,
};

use age::{
    DecryptError, Decryptor, Encryptor,
    stream::{StreamReader, StreamWriter},
    x25519::Identity,
};

use crate::{Error, Result, error::codes::land as codes};

/// The landing key. Never prints.
#[derive(Clone)]
pub struct Key(Arc<Identity>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl From<Identity> for Key {
    fn from(identity: Identity) -> Self {
        Self(Arc::new(identity))
    }
}

impl Key {
    /// Encrypts what is written; the writer must be finished, or the file stays invalid.
    pub(super) fn seal<W: Write>(&self, output: W) -> Result<StreamWriter<W>> {
        let recipient = self.0.to_public();
        let encryptor = Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient))
            .map_err(|_| Error::new(&codes::LOCKED))?;
        encryptor.wrap_output(output).map_err(|error| super::files::write_problem(&error))
    }

    /// Decrypts what is read, block by block, each proven authentic.
    pub(super) fn open<R: Read>(&self, input: R) -> Result<StreamReader<R>> {
        let identity: &dyn age::Identity = &*self.0;
        Decryptor::new(input).and_then(|decryptor| decryptor.decrypt(std::iter::once(identity))).map_err(|error| {
            match error {
                DecryptError::Io(error) => super::files::read_problem(&error),
                DecryptError::NoMatchingKeys | DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
                    Error::new(&codes::LOCKED)
                }
                _ => Error::new(&codes::DAMAGED),
            }
        })
    }
}
