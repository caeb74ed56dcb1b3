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
    settings::{Deliverer, DelivererHttp, HostPort, Http, Secret},
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
        let base = Url::parse(&deliverer.base_url)
            .map_err(|_| Error::new(&codes::extract::BAD_ADDRESS).at(&deliverer.code))?;
        let Keys { authorization, identity, authorities } = Keys::read(deliverer, &base, machine)?;
        let config =
            |identity| config(&authorities, identity).map_err(|why| bad(why, &place(deliverer, "client_identity")));
        let elsewhere = client(http, names, config(None)?)?;
        let to_origin = match identity {
            Some(identity) => client(http, names, config(Some(identity))?)?,
            None => elsewhere.clone(),
        };
        // The settings were checked when they were read, so that none is lost here.
        let allowed = deliverer.http.allow_hosts.iter().filter_map(|text| HostPort::plain(text).ok()).collect();
        let (given_up, spent) = (AtomicBool::new(false), AtomicU64::new(0));
        Ok(Self { base, to_origin, elsewhere, authorization, allowed, given_up, spent })
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

/// What a deliverer's settings name: read, and not yet used.
struct Keys {
    authorization: Authorization,
    identity: Option<Identity>,
    authorities: Arc<RootCertStore>,
}

impl Keys {
    fn read(
        deliverer: &Deliverer,
        base: &Url,
        machine: &mut dyn FnMut() -> Result<Arc<RootCertStore>, &'static str>,
    ) -> Result<Self> {
        let nobody = || Arc::new(RootCertStore::empty());
        let authorities = match &deliverer.http.ca {
            Some(file) => tls::authorities(Some(file)),
            None if base.scheme() == "https" => machine(),
            // A machine that trusts nobody may still speak http; a redirect to https then finds nobody to trust.
            None if !deliverer.http.allow_hosts.is_empty() => Ok(machine().unwrap_or_else(|_| nobody())),
            None => Ok(nobody()),
        };
        let authorities = authorities.map_err(|why| bad(why, &place(deliverer, "ca")));
        match (authorization(deliverer), identity(deliverer), authorities) {
            (Ok(authorization), Ok(identity), Ok(authorities)) => Ok(Self { authorization, identity, authorities }),
            (a, b, c) => {
                let findings: Vec<Error> = [a.err(), b.err(), c.err()].into_iter().flatten().collect();
                Err(Error::all(findings).unwrap_or_else(|| bad("it cannot be read", &place(deliverer, "ca"))))
            }
        }
    }
}

/// How a finding names a setting of a deliverer.
fn place(deliverer: &Deliverer, key: &str) -> String {
    format!("http.{key} of deliverer {}", deliverer.code)
}

fn bad(why: &str, place: &str) -> Error {
    Error::new(&codes::settings::BAD_SECRET).detail(why).at(place)
}

fn authorization(deliverer: &Deliverer) -> Result<Authorization> {
    let DelivererHttp { bearer, basic, .. } = &deliverer.http;
    if let Some(source) = bearer {
        let place = place(deliverer, "bearer");
        let token = keys::secret(source, &place)?;
        let is_plain = HeaderValue::from_str(token.expose()).is_ok();
        return if is_plain {
            Ok(Authorization::Bearer(token))
        } else {
            Err(bad("no token has its characters", &place))
        };
    }
    match basic {
        Some(basic) => {
            let password = keys::secret(&basic.password, &place(deliverer, "basic.password"))?;
            Ok(Authorization::Basic { user: basic.user.clone(), password })
        }
        None => Ok(Authorization::None),
    }
}

type Identity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

fn identity(deliverer: &Deliverer) -> Result<Option<Identity>> {
    let Some(source) = &deliverer.http.client_identity else { return Ok(None) };
    let place = place(deliverer, "client_identity");
    let pem = keys::secret(source, &place)?;
    let pem = pem.expose().as_bytes();
    let chain: Vec<_> = CertificateDer::pem_slice_iter(pem).flatten().collect();
    let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| bad("it holds no private key", &place))?;
    if chain.is_empty() { Err(bad("it holds no certificate", &place)) } else { Ok(Some((chain, key))) }
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
