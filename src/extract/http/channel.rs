//! How one deliverer's server is spoken to: its clients, its secrets, and which hosts it may send us on to.
//!
//! In: a deliverer of the settings. Out: requests that carry a secret to the origin of `base_url` and to nowhere else.
//! HTTP/1.1 only, no proxy, no cookies, no referrer, no redirect that was not judged here.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use reqwest::{Client, RequestBuilder, header::HeaderValue, redirect, retry};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use url::Url;

use super::{guard, names::Judged};
use crate::{
    Error, Result,
    error::codes,
    privacy::keys,
    settings::{Deliverer, HostPort, Http, Secret},
    tls,
};

/// Headers of an answer, at most.
const MAX_HEADERS: usize = 64;
const USER_AGENT: &str = concat!("buss/", env!("CARGO_PKG_VERSION"));

/// One deliverer's way out.
pub(super) struct Channel {
    base: Url,
    /// Shows the client certificate, where there is one.
    to_origin: Client,
    elsewhere: Client,
    authorization: Authorization,
    pub allowed: Vec<HostPort>,
    /// A resource was given up because the server could not be reached or was too slow: the next one is tried once.
    pub given_up: AtomicBool,
    /// Milliseconds spent on all its resources.
    spent: AtomicU64,
}

enum Authorization {
    None,
    Bearer(Secret),
    Basic { user: String, password: Secret },
}

impl Channel {
    /// Reads the deliverer's secrets and makes its clients; every finding at once. `machine` gives the machine's authorities.
    pub fn open(
        deliverer: &Deliverer,
        http: &Http,
        names: &Judged,
        machine: &mut dyn FnMut() -> Result<Arc<RootCertStore>, &'static str>,
    ) -> Result<Self> {
        let place = |key: &str| format!("http.{key} of deliverer {}", deliverer.code);
        let bad = |key: &str, why: &str| Error::new(&codes::settings::BAD_SECRET).detail(why).at(place(key));
        let base = Url::parse(&deliverer.base_url)
            .map_err(|_| Error::new(&codes::extract::BAD_ADDRESS).at(&deliverer.code))?;
        let keys = &deliverer.http;
        let authorization = authorization(deliverer, &place);
        let identity = keys.client_identity.as_ref().map(|source| {
            let pem = keys::secret(source, &place("client_identity"))?;
            identity(&pem).map_err(|why| bad("client_identity", why))
        });
        let nobody = || Arc::new(RootCertStore::empty());
        let authorities = match &keys.ca {
            Some(file) => tls::authorities(Some(file)),
            None if base.scheme() == "https" => machine(),
            // A machine that trusts nobody may still speak http; a redirect to https then finds nobody to trust.
            None if !keys.allow_hosts.is_empty() => Ok(machine().unwrap_or_else(|_| nobody())),
            None => Ok(nobody()),
        };
        let authorities = authorities.map_err(|why| bad("ca", why));
        let (authorization, identity, authorities) = match (authorization, identity.transpose(), authorities) {
            (Ok(authorization), Ok(identity), Ok(authorities)) => (authorization, identity, authorities),
            (a, b, c) => {
                let findings = [a.err(), b.err(), c.err()];
                return Err(Error::all(findings.into_iter().flatten().collect()).unwrap_or_else(|| bad("ca", "")));
            }
        };
        let plain = client(http, names, config(&authorities, None).map_err(|why| bad("ca", why))?)?;
        let to_origin = match identity {
            Some(identity) => {
                let config = config(&authorities, Some(identity)).map_err(|why| bad("client_identity", why))?;
                client(http, names, config)?
            }
            None => plain.clone(),
        };
        // The settings were checked when they were read, so that none is lost here.
        let allowed = keys.allow_hosts.iter().filter_map(|text| HostPort::plain(text).ok()).collect();
        let (given_up, spent) = (AtomicBool::new(false), AtomicU64::new(0));
        Ok(Self { base, to_origin, elsewhere: plain, authorization, allowed, given_up, spent })
    }

    /// A request, with the secrets where the address is of the deliverer's own origin.
    pub fn get(&self, url: &Url) -> RequestBuilder {
        if !guard::same_origin(&self.base, url) {
            return self.elsewhere.get(url.clone());
        }
        let request = self.to_origin.get(url.clone());
        match &self.authorization {
            Authorization::None => request,
            Authorization::Bearer(token) => request.bearer_auth(token.expose()),
            Authorization::Basic { user, password } => request.basic_auth(user, Some(password.expose())),
        }
    }

    pub fn base(&self) -> &Url {
        &self.base
    }

    pub fn spend(&self, time: std::time::Duration) {
        self.spent.fetch_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub fn spent(&self) -> std::time::Duration {
        std::time::Duration::from_millis(self.spent.load(Ordering::Relaxed))
    }
}

fn authorization(deliverer: &Deliverer, place: &dyn Fn(&str) -> String) -> Result<Authorization> {
    if let Some(source) = &deliverer.http.bearer {
        let token = keys::secret(source, &place("bearer"))?;
        return if HeaderValue::from_str(token.expose()).is_ok() {
            Ok(Authorization::Bearer(token))
        } else {
            let why = "it has characters that no token has";
            Err(Error::new(&codes::settings::BAD_SECRET).detail(why).at(place("bearer")))
        };
    }
    match &deliverer.http.basic {
        Some(basic) => {
            let password = keys::secret(&basic.password, &place("basic.password"))?;
            Ok(Authorization::Basic { user: basic.user.clone(), password })
        }
        None => Ok(Authorization::None),
    }
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn identity(pem: &Secret) -> Result<Identity, &'static str> {
    let pem = pem.expose().as_bytes();
    let chain: Vec<_> = CertificateDer::pem_slice_iter(pem).flatten().collect();
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| "it holds no private key")?;
    if chain.is_empty() { Err("it holds no certificate") } else { Ok((chain, key)) }
}

fn config(authorities: &Arc<RootCertStore>, identity: Option<Identity>) -> Result<ClientConfig, &'static str> {
    let builder = tls::checked(authorities.clone())?;
    match identity {
        None => Ok(builder.with_no_client_auth()),
        Some((chain, key)) => {
            builder.with_client_auth_cert(chain, key).map_err(|_| "certificate and private key do not fit")
        }
    }
}

fn client(http: &Http, names: &Judged, tls: ClientConfig) -> Result<Client> {
    Client::builder()
        .user_agent(USER_AGENT)
        .tls_backend_preconfigured(tls)
        .dns_resolver(names.clone())
        .connect_timeout(http.connect())
        .read_timeout(http.read())
        .http1_only()
        .http1_max_headers(MAX_HEADERS)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .no_proxy()
        .build()
        .map_err(|_| Error::new(&codes::extract::UNREADABLE).detail("no HTTP client could be made"))
}
