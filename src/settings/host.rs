//! Hosts as the settings may write them: plainly, so that what is read is what is connected to.
//!
//! Pure. The many other ways to write an address (decimal, octal, hexadecimal, short, with a user in front, in letters that only
//! look like digits) are not cleaned up but refused: a human would not write them.

use std::{fmt, net::IpAddr};

use url::Url;

use super::network::Network;

/// A host, written plainly.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// A DNS name in small letters, without a final dot.
    Name(String),
    Address(IpAddr),
}

impl Host {
    /// The host of an address that was parsed.
    pub fn of(url: &Url) -> Option<Self> {
        match url.host()? {
            url::Host::Domain(name) => Some(Self::Name(name.to_owned())),
            url::Host::Ipv4(address) => Some(Self::Address(address.into())),
            url::Host::Ipv6(address) => Some(Self::Address(address.into())),
        }
    }

    /// True for the names and addresses of this machine.
    pub fn is_this_machine(&self) -> bool {
        match self {
            Self::Name(name) => name == "localhost",
            Self::Address(address) => Network::of(*address) == Network::Loopback,
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(IpAddr::V4(address)) => write!(f, "{address}"),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

/// A host with the port that may follow it: `files.example.se`, `10.1.2.3:8080`, `[fd00::1]:443`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HostPort {
    pub host: Host,
    pub port: Option<u16>,
}

impl HostPort {
    /// Reads it, or says what is wrong with it.
    pub fn plain(text: &str) -> Result<Self, String> {
        if text.contains('@') {
            return Err("a user or password stands in front of the host".into());
        }
        if !text.is_ascii() {
            return Err("the host has letters beyond a–z: write the name in its xn-- form".into());
        }
        if let Some(odd) = text.chars().find(|c| !c.is_ascii_alphanumeric() && !".-:[]".contains(*c)) {
            return Err(format!("the host has a character that no host has ({})", odd.escape_default()));
        }
        let (host, port) = split_port(text)?;
        let url = Url::parse(&format!("http://{host}/")).map_err(|_| "it is no host name and no address".to_owned())?;
        if url.host_str().is_none_or(|read| !read.eq_ignore_ascii_case(host)) {
            return Err(
                "the host is not written plainly: an address has four decimal numbers (10.1.2.3) or is [fd00::1]"
                    .into(),
            );
        }
        let host = Host::of(&url).ok_or("it has no host")?;
        match &host {
            Host::Name(name) => plain_name(name)?,
            Host::Address(address) => {
                if let Network::Never(why) = Network::of(*address) {
                    return Err(format!("the address is {why}"));
                }
            }
        }
        Ok(Self { host, port })
    }
}

fn split_port(text: &str) -> Result<(&str, Option<u16>), String> {
    let after_address = text.rfind(']').map_or(0, |end| end + 1);
    let Some(colon) = text[after_address..].find(':').map(|at| at + after_address) else { return Ok((text, None)) };
    let digits = &text[colon + 1..];
    let port = digits.parse().ok().filter(|port: &u16| *port > 0 && port.to_string() == digits);
    port.map(|port| (&text[..colon], Some(port))).ok_or_else(|| "the port is no number from 1 to 65535".to_owned())
}

/// Letters, digits and hyphens (RFC 1123), as every name of a server has it.
fn plain_name(name: &str) -> Result<(), String> {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if name.len() <= 253 && name.split('.').all(is_label) {
        Ok(())
    } else {
        Err("it is no name that a server can have".into())
    }
}

/// Whether an `http://` or `https://` address is written plainly enough to be a `base_url`, or what is wrong with it.
pub(super) fn http_address(text: &str) -> Result<HostPort, String> {
    let rest = ["http://", "https://"].iter().find_map(|scheme| text.strip_prefix(scheme));
    let rest = rest.ok_or("it does not start with http:// or https://")?;
    if let Some(odd) = text.chars().find(|c| c.is_control() || c.is_whitespace() || *c == '\\') {
        return Err(format!("it has a character that no address has ({})", odd.escape_default()));
    }
    if text.contains(['?', '#']) {
        return Err("it has a query or a fragment".into());
    }
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_dots = |segment: &str| [".", ".."].contains(&segment.to_ascii_lowercase().replace("%2e", ".").as_str());
    if path.split('/').any(is_dots) {
        return Err("a part of the path is . or ..".into());
    }
    let place = HostPort::plain(authority)?;
    Url::parse(text).map_err(|_| "it is no address".to_owned())?;
    Ok(place)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_human_writes_is_read() {
        for text in [
            "http://127.0.0.1:8080/24",
            "http://localhost:8080",
            "https://files.example.se/out/{24}",
            "https://FILES.Example.se:443/",
            "http://10.1.2.3",
            "https://[fd00::1]:8443/a%20b",
            "http://[::1]:80",
            "https://xn--skrholmen-x2a.example/Skärholmen",
            "http://server",
            "http://1.1.1.1.example.se",
        ] {
            assert!(http_address(text).is_ok(), "{text}: {:?}", http_address(text));
        }
        let place = http_address("http://127.0.0.1:8080/24").unwrap();
        assert_eq!(place, HostPort { host: Host::Address([127, 0, 0, 1].into()), port: Some(8080) });
    }

    #[test]
    fn no_other_way_to_write_an_address_is_read() {
        for text in FORMS {
            for address in [format!("http://{text}/24"), format!("https://{text}"), format!("http://{text}:8080")] {
                assert!(http_address(&address).is_err(), "{address}");
            }
            assert!(HostPort::plain(text).is_err(), "{text}");
        }
        for text in [
            "http://a.se/x?y",
            "http://a.se/#x",
            "http:/a.se",
            "http://",
            "http:///a",
            "http://a.se:0",
            "http://a.se:080",
        ] {
            assert!(http_address(text).is_err(), "{text}");
        }
        for text in [
            "http://a.se/../b",
            "http://a.se/%2E%2e/b",
            "http://a.se/.",
            "http://a.se\\b",
            "http://a.se:99999/",
            "http://a.se:/",
        ] {
            assert!(http_address(text).is_err(), "{text}");
        }
    }

    /// Ways to write this machine, the metadata service of a cloud, or nothing at all.
    const FORMS: &[&str] = &[
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "0x7f000001",
        "0x7f.0.0.1",
        "0X7F.1",
        "127.1",
        "127.0.1",
        "127.0.0.1.",
        "127.000.000.001",
        "00127.0.0.1",
        "127.0.0.01",
        "0",
        "0.0.0.0",
        "0x0",
        "2852039166",
        "0xa9.0xfe.0xa9.0xfe",
        "169.254.169.254",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::0001]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::1]",
        "[fe80::1]",
        "[fe80::1%25eth0]",
        "[ff02::1]",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.2.1",
        "user@127.0.0.1",
        "example.se@127.0.0.1",
        "@127.0.0.1",
        "user:word@example.se",
        "localhost.",
        "127。0。0。1",
        "①②⑦.⓪.⓪.①",
        "１２７.0.0.1",
        "ⓛocalhost",
        "loc\u{AD}alhost",
        "local%68ost",
        "%31%32%37.0.0.1",
        "skärholmen.example",
        "a_b.example",
        "-a.example",
        "a..example",
        "*.example",
        "",
        "[::1",
        "::1",
    ];

    proptest! {
        #[test]
        fn what_is_read_is_what_is_connected_to(text in "[a-zA-Z0-9.\\-:@%\\[\\]。①x]{0,24}") {
            if let Ok(place) = HostPort::plain(&text) {
                let url = Url::parse(&format!("http://{text}/")).unwrap();
                prop_assert_eq!(Host::of(&url).unwrap(), place.host.clone());
                prop_assert_eq!(place.host.to_string(), text.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(&*text, |(host, _)| host).to_lowercase());
            }
        }

        #[test]
        fn numbers_and_dots_are_read_as_four_decimal_numbers_only(text in "(0x)?[0-9a-f]{1,10}(\\.[0-9x]{1,4}){0,4}") {
            if let Ok(HostPort { host: Host::Address(address), .. }) = HostPort::plain(&text) {
                prop_assert_eq!(address.to_string(), text);
            }
        }
    }
}
