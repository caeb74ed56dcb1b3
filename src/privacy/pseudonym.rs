//! The keyed hash that stands for an id: HMAC-SHA-256, cut to 128 bits, one domain per scope.
//!
//! In: a scope and an id in canonical form. Out: 16 bytes. The key and the id never print.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::pipeline::Scope;

/// One keyed hash per scope. The key is absorbed once, so that an id costs two rounds of SHA-256 and not four.
#[derive(Clone)]
pub struct Pseudonyms {
    child: Hmac<Sha256>,
    staff: Hmac<Sha256>,
    case: Hmac<Sha256>,
    decision: Hmac<Sha256>,
    placement: Hmac<Sha256>,
    visit: Hmac<Sha256>,
    invoice: Hmac<Sha256>,
    private_provider: Hmac<Sha256>,
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonyms(…)")
    }
}

impl Pseudonyms {
    pub fn new(key: [u8; 32]) -> Self {
        // HMAC fills a short key up with zeros to the block of its hash (RFC 2104).
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        block[..key.len()].copy_from_slice(&key);
        let keyed = Hmac::<Sha256>::new(&block);
        let scoped = |scope: Scope| {
            let mut mac = keyed.clone();
            mac.update(scope.as_str().as_bytes());
            mac.update(&[0]);
            mac
        };
        Self {
            child: scoped(Scope::Child),
            staff: scoped(Scope::Staff),
            case: scoped(Scope::Case),
            decision: scoped(Scope::Decision),
            placement: scoped(Scope::Placement),
            visit: scoped(Scope::Visit),
            invoice: scoped(Scope::Invoice),
            private_provider: scoped(Scope::PrivateProvider),
        }
    }

    /// The pseudonym of an id in its canonical form.
    pub fn of(&self, scope: Scope, canonical: &str) -> [u8; 16] {
        let mut mac = match scope {
            Scope::Child => self.child.clone(),
            Scope::Staff => self.staff.clone(),
            Scope::Case => self.case.clone(),
            Scope::Decision => self.decision.clone(),
            Scope::Placement => self.placement.clone(),
            Scope::Visit => self.visit.clone(),
            Scope::Invoice => self.invoice.clone(),
            Scope::PrivateProvider => self.private_provider.clone(),
        };
        mac.update(canonical.as_bytes());
        let digest = mac.finalize().into_bytes();
        let mut pseudonym = [0; 16];
        pseudonym.copy_from_slice(&digest[..16]);
        pseudonym
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HMAC-SHA-256 by hand over SHA-256 alone (RFC 2104), to prove domain separation and truncation.
    fn by_hand(key: [u8; 32], scope: &str, id: &str) -> Vec<u8> {
        use sha2::Digest;
        let pad = |byte: u8| (0..64).map(|i| key.get(i).copied().unwrap_or(0) ^ byte).collect::<Vec<u8>>();
        let message = [scope.as_bytes(), &[0], id.as_bytes()].concat();
        let inner = Sha256::digest([pad(0x36), message].concat());
        Sha256::digest([pad(0x5c), inner.to_vec()].concat())[..16].to_vec()
    }

    #[test]
    fn a_pseudonym_is_the_truncated_hmac_of_scope_and_id() {
        let key = std::array::from_fn(|i| u8::try_from(i).unwrap() * 7);
        let pseudonyms = Pseudonyms::new(key);
        for (scope, word) in [
            (Scope::Child, "child"),
            (Scope::Staff, "staff"),
            (Scope::Case, "case"),
            (Scope::Decision, "decision"),
            (Scope::Placement, "placement"),
            (Scope::Visit, "visit"),
            (Scope::Invoice, "invoice"),
            (Scope::PrivateProvider, "private_provider"),
        ] {
            assert_eq!(pseudonyms.of(scope, "A-1").to_vec(), by_hand(key, word, "A-1"));
        }
    }

    #[test]
    fn nothing_of_the_key_prints() {
        assert_eq!(format!("{:?}", Pseudonyms::new([7; 32])), "Pseudonyms(…)");
    }
}
