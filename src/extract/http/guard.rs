//! Which hosts and addresses may be spoken to: judged before a connection is made, for every hop anew.
//!
//! Pure. Only hosts that the settings write down are ever asked: that of `base_url`, and those of `allow_hosts` where a redirect
//! leads to them. What a name resolves to is judged as well, because a name can be made to mean anything.

use std::net::IpAddr;

use url::Url;

use crate::settings::{Host, HostPort, Network};

/// Why an address may not be connected to; told by a resolver as an error of its own kind.
#[derive(Debug, thiserror::Error)]
#[error("the address may not be connected to")]
pub(super) struct Forbidden(pub String);

/// Whether a host may be met at an address, or why not.
///
/// Private networks are what an intranet is made of. This machine is met only where the operator wrote it: `localhost` or the
/// address itself.
pub(super) fn judge(host: &Host, address: IpAddr) -> Result<(), Forbidden> {
    match Network::of(address) {
        Network::Public | Network::Private => Ok(()),
        Network::Loopback if host.is_this_machine() => Ok(()),
        Network::Loopback => Err(Forbidden(format!("{host} leads to this machine itself"))),
        Network::Never(why) => Err(Forbidden(format!("{host} leads to an address that is {why}"))),
    }
}

/// All addresses of a name, or none of them: one that is forbidden says that somebody plays with the name.
pub(super) fn judge_all(host: &Host, addresses: &[IpAddr]) -> Result<(), Forbidden> {
    addresses.iter().try_for_each(|address| judge(host, *address))
}

/// Whether a parsed address may be asked at all, before any name is resolved.
pub(super) fn judge_url(url: &Url) -> Result<(), Forbidden> {
    match Host::of(url) {
        Some(host @ Host::Address(address)) => judge(&host, address),
        Some(Host::Name(_)) => Ok(()),
        None => Err(Forbidden("the address has no host".into())),
    }
}

/// Where a redirect leads, if it may be followed, or why not. `allowed` are the deliverer's `allow_hosts`.
pub(super) fn redirect(from: &Url, location: &str, allowed: &[HostPort]) -> Result<Url, String> {
    let to = from.join(location).map_err(|_| "it leads to no address".to_owned())?;
    match to.scheme() {
        "https" => {}
        "http" if from.scheme() == "http" => {}
        "http" => return Err("it leads from https to http".into()),
        _ => return Err("it leads out of HTTP".into()),
    }
    if !to.username().is_empty() || to.password().is_some() {
        return Err("it carries a user".into());
    }
    let host = Host::of(&to).ok_or("it leads to no host")?;
    let port = to.port_or_known_default();
    let is_allowed = |entry: &HostPort| entry.host == host && (entry.port.is_none() || entry.port == port);
    if allowed.iter().any(is_allowed) {
        Ok(to)
    } else {
        Err(format!("it leads to {host}, which is not in allow_hosts"))
    }
}

/// True when both are the same scheme, host and port: where secrets may go.
pub(super) fn same_origin(a: &Url, b: &Url) -> bool {
    a.origin() == b.origin() && a.origin().is_tuple()
}

/// An address as it may be shown: without user, query and fragment.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    // These fail only for addresses without a host, which have no user either.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn this_machine_is_met_only_where_it_is_written() {
        let here: IpAddr = [127, 0, 0, 1].into();
        let private: IpAddr = [10, 1, 2, 3].into();
        let metadata: IpAddr = [169, 254, 169, 254].into();
        let name = |text: &str| Host::Name(text.into());
        assert!(judge(&name("localhost"), here).is_ok());
        assert!(judge(&Host::Address(here), here).is_ok());
        assert!(judge(&name("files.example.se"), here).is_err());
        assert!(judge(&name("localhost.example.se"), here).is_err());
        assert!(judge(&name("files.example.se"), private).is_ok());
        assert!(judge(&name("localhost"), metadata).is_err());
        assert!(judge(&Host::Address(metadata), metadata).is_err());
        assert!(judge_all(&name("files.example.se"), &[private, here]).is_err());
    }

    #[test]
    fn a_redirect_leads_only_where_the_settings_allow() {
        let allowed = [HostPort::plain("b.example:8443").unwrap(), HostPort::plain("c.example").unwrap()];
        let from = |text: &str, location: &str| redirect(&url(text), location, &allowed).is_ok();
        assert!(from("https://a.example/x", "https://c.example/y"));
        assert!(from("https://a.example/x", "//C.example:444/y"));
        assert!(from("https://a.example/x", "https://b.example:8443/y"));
        assert!(from("http://a.example/x", "https://c.example/y"));
        assert!(from("https://c.example/x", "/y"));
        for location in [
            "https://b.example/y",
            "http://c.example/y",
            "https://a.example/y",
            "/y",
            "https://user@c.example/y",
            "https://:word@c.example/y",
            "https://c.example.evil/y",
            "https://c.example@evil/y",
            "https://evil\\@c.example/y",
            "file:///etc/passwd",
            "ftp://c.example/y",
            "data:text/csv,x",
            "https://",
        ] {
            assert!(!from("https://a.example/x", location), "{location}");
        }
    }

    #[test]
    fn an_address_is_shown_without_what_may_be_secret() {
        assert_eq!(shown(&url("https://u:canary@a.example:444/x?token=canary#canary")), "https://a.example:444/x");
    }

    #[test]
    fn secrets_go_to_the_same_scheme_host_and_port() {
        let base = url("https://a.example/24");
        assert!(same_origin(&base, &url("https://a.example:443/other")));
        for other in ["http://a.example/24", "https://a.example:444/24", "https://b.a.example/24", "data:x"] {
            assert!(!same_origin(&base, &url(other)), "{other}");
        }
    }
}
