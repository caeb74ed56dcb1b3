//! Which part of the Internet an address belongs to, and whether it may ever be connected to.
//!
//! Pure. After the IANA registries of special-purpose addresses (RFC 6890 and its updates).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// What kind of network an address belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    Public,
    /// A network that is not routed on the Internet: what the intranet of a city is made of.
    Private,
    /// This machine.
    Loopback,
    /// No deliverer can be there; the word says why.
    Never(&'static str),
}

use Network::{Loopback, Never, Private, Public};

/// The first row that holds an address decides; an address that no row holds is public.
const V4: &[(Ipv4Net, Network)] = &[
    (v4(0, 0, 0, 0, 8), Never("unspecified")),
    (v4(10, 0, 0, 0, 8), Private),
    (v4(100, 64, 0, 0, 10), Private),
    (v4(127, 0, 0, 0, 8), Loopback),
    (v4(169, 254, 0, 0, 16), Never("link-local")),
    (v4(172, 16, 0, 0, 12), Private),
    (v4(192, 0, 0, 0, 24), Never("reserved")),
    (v4(192, 0, 2, 0, 24), Never("for documentation")),
    (v4(192, 88, 99, 0, 24), Never("reserved")),
    (v4(192, 168, 0, 0, 16), Private),
    (v4(198, 18, 0, 0, 15), Never("reserved")),
    (v4(198, 51, 100, 0, 24), Never("for documentation")),
    (v4(203, 0, 113, 0, 24), Never("for documentation")),
    (v4(224, 0, 0, 0, 4), Never("multicast")),
    (v4(255, 255, 255, 255, 32), Never("broadcast")),
    (v4(240, 0, 0, 0, 4), Never("reserved")),
];

/// As [`V4`], after addresses that embed one of version 4 have been judged by it.
const V6: &[(Ipv6Net, Network)] = &[
    (v6(0, 128), Never("unspecified")),
    (v6(1, 128), Loopback),
    (v6(0xfc00 << 112, 7), Private),
    (v6(0xfe80 << 112, 10), Never("link-local")),
    (v6(0xff00 << 112, 8), Never("multicast")),
    (v6(0x2001 << 112, 23), Never("reserved")),
    (v6(0x2001_0db8 << 96, 32), Never("for documentation")),
    (v6(0x3fff << 112, 20), Never("for documentation")),
    (v6(0x2000 << 112, 3), Public),
    (v6(0, 0), Never("reserved")),
];

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(bits: u128, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::from_bits(bits), length)
}

impl Network {
    /// The network of an address.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => of_v4(address),
            // An address of version 4 in other clothes is open only where the address itself is public.
            IpAddr::V6(address) => match embedded(address).map(of_v4) {
                Some(Public) => Public,
                Some(Never(why)) => Never(why),
                Some(Private | Loopback) => Never("an address of version 4 inside one of version 6"),
                None => first(V6, |net| net.contains(&address)),
            },
        }
    }
}

fn of_v4(address: Ipv4Addr) -> Network {
    first(V4, |net| net.contains(&address))
}

fn first<N>(table: &[(N, Network)], holds: impl Fn(&N) -> bool) -> Network {
    table.iter().find(|(net, _)| holds(net)).map_or(Public, |(_, network)| *network)
}

/// The address of version 4 that a mapped, compatible, NAT64 or 6to4 address leads to.
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let last = |[.., g, h]: [u16; 8]| Some(join(g, h));
    match address.segments() {
        // The unspecified address and this machine's own are no embeddings.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        parts @ ([0, 0, 0, 0, 0, 0 | 0xffff, _, _]
        | [0, 0, 0, 0, 0xffff, 0, _, _]
        | [0x64, 0xff9b, 0, 0, 0, 0, _, _]) => last(parts),
        [0x2002, high, low, ..] => Some(join(high, low)),
        _ => None,
    }
}

fn join(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn network(text: &str) -> Network {
        Network::of(text.parse().unwrap())
    }

    #[test]
    fn every_network_is_told_by_its_first_and_last_address() {
        for (first, last, network) in [
            ("0.0.0.0", "0.255.255.255", Never("unspecified")),
            ("10.0.0.0", "10.255.255.255", Private),
            ("100.64.0.0", "100.127.255.255", Private),
            ("127.0.0.0", "127.255.255.255", Loopback),
            ("169.254.0.0", "169.254.255.255", Never("link-local")),
            ("172.16.0.0", "172.31.255.255", Private),
            ("192.0.2.0", "192.0.2.255", Never("for documentation")),
            ("192.168.0.0", "192.168.255.255", Private),
            ("198.18.0.0", "198.19.255.255", Never("reserved")),
            ("224.0.0.0", "239.255.255.255", Never("multicast")),
            ("240.0.0.0", "255.255.255.254", Never("reserved")),
            ("255.255.255.255", "255.255.255.255", Never("broadcast")),
            ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Private),
            ("fe80::", "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Never("link-local")),
            ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Never("multicast")),
            ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", Never("for documentation")),
            ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", Never("reserved")),
            ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", Never("reserved")),
            ("fec0::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Never("reserved")),
            ("::", "::", Never("unspecified")),
            ("::1", "::1", Loopback),
        ] {
            assert_eq!((self::network(first), self::network(last)), (network, network), "{first}–{last}");
        }
        for public in ["1.1.1.1", "9.255.255.255", "11.0.0.0", "100.128.0.0", "172.32.0.0", "193.0.0.1", "2a00:1450::1"]
        {
            assert_eq!(network(public), Public, "{public}");
        }
    }

    proptest! {
        #[test]
        fn no_clothes_of_version_6_open_an_address_of_version_4(bits: u32) {
            let plain = Ipv4Addr::from(bits);
            let [a, b, c, d] = bits.to_be_bytes();
            let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            for parts in [
                [0, 0, 0, 0, 0, 0xffff, high, low],
                [0, 0, 0, 0, 0xffff, 0, high, low],
                [0, 0, 0, 0, 0, 0, high, low],
                [0x64, 0xff9b, 0, 0, 0, 0, high, low],
                [0x2002, high, low, 0, 0, 0, 0, 1],
            ] {
                let dressed = Network::of(IpAddr::V6(parts.into()));
                let expected = Network::of(IpAddr::V4(plain)) == Public;
                // ::0 and ::1 are what they are.
                prop_assert_eq!(dressed == Public, expected);
                prop_assert!(dressed != Private);
            }
        }
    }
}
