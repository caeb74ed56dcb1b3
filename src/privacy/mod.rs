//! Pseudonyms and keys. What is personal becomes meaningless here, and nothing of it prints.

use crate::pipeline::Scope;

/// The keyed hash of identities (HMAC-SHA-256, 128 bits, one domain per scope). Never prints its key.
#[derive(Clone)]
pub struct Pseudonyms {
    key: [u8; 32],
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonyms(…)")
    }
}

impl Pseudonyms {
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The pseudonym of an id in its canonical form.
    pub fn of(&self, scope: Scope, canonical: &str) -> [u8; 16] {
        use hmac::{Hmac, KeyInit, Mac};
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        mac.update(scope.as_str().as_bytes());
        mac.update(&[0]);
        mac.update(canonical.as_bytes());
        let digest = mac.finalize().into_bytes();
        let mut pseudonym = [0; 16];
        pseudonym.copy_from_slice(&digest[..16]);
        pseudonym
    }
}
