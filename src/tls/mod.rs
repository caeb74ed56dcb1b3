//! TLS as every connection of the program has it: rustls with ring, versions 1.2 and 1.3.
//!
//! In: a file of authorities, or none for the machine's own. Out: a configuration that checks who the server is. What a library says
//! of a failure is not passed on; whether TLS failed at all is.

use std::{error::Error, path::Path, sync::Arc};

use rustls::{
    ClientConfig, ConfigBuilder, RootCertStore,
    client::WantsClientCert,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::error::causes;

/// The cryptography.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// The authorities of a PEM file, or the machine's; or what is wrong with them.
pub fn authorities(file: Option<&Path>) -> Result<Arc<RootCertStore>, &'static str> {
    let mut roots = RootCertStore::empty();
    match file {
        Some(path) => {
            let found = CertificateDer::pem_file_iter(path).map_err(|_| "the file of authorities cannot be read")?;
            roots.add_parsable_certificates(found.flatten());
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() { Err("no certificate to trust was found") } else { Ok(Arc::new(roots)) }
}

/// A configuration that trusts these authorities, and still has to be told whether the client shows a certificate.
pub fn checked(authorities: Arc<RootCertStore>) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, &'static str> {
    let builder = ClientConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
    Ok(builder.map_err(|_| "protocol versions")?.with_root_certificates(authorities))
}

/// True when TLS is what failed.
pub fn failed(error: &(dyn Error + 'static)) -> bool {
    causes(error).any(<dyn Error>::is::<rustls::Error>)
}
