//! Finds the address of the client behind trusted proxies.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;

const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// The client's address. Programs on this machine are trusted. Each trusted proxy adds, at the end of `X-Forwarded-For`, the
/// address of its own client; the last address that is not a trusted proxy is the client. The entries before it come from the
/// client itself.
#[must_use]
pub fn address(extensions: &Extensions, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
    let is_trusted =
        |address: &IpAddr| address.is_loopback() || trusted.iter().any(|network| network.contains(address));
    if !is_trusted(&peer) {
        return Some(peer);
    }
    let mut client = peer;
    let lines = headers.get_all(X_FORWARDED_FOR).iter().rev();
    for entry in lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(',')) {
        // An entry that is not an address ends the search: the last address before it counts as the client.
        let Some(address) = parse(entry.trim()) else { break };
        client = address.to_canonical();
        if !is_trusted(&client) {
            break;
        }
    }
    Some(client)
}

/// The network that a request comes from, to show to the person it is about: never the address of one of our servers, and
/// nothing that only the client claims.
#[must_use]
pub fn seen(extensions: &Extensions, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
    let is_ours =
        |address: &IpAddr| address.is_loopback() || trusted.iter().any(|network| network.contains(address));
    match (is_ours(&peer), headers.contains_key(X_FORWARDED_FOR)) {
        (true, true) => address(extensions, headers, trusted).filter(|client| !is_ours(client)),
        (false, false) => Some(peer),
        // One of our servers that names no client, or an untrusted client that names another one.
        (true, false) | (false, true) => None,
    }
}

/// The network of an address, which says roughly where somebody was, but not who they are.
#[must_use]
pub fn network(address: IpAddr) -> String {
    let length = if address.is_ipv4() { 24 } else { 48 };
    IpNet::new(address, length).map_or_else(|_| String::new(), |network| network.trunc().to_string())
}

/// Parses an address, with or without brackets and a port.
fn parse(entry: &str) -> Option<IpAddr> {
    let bracketed = || entry.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    entry
        .parse()
        .ok()
        .or_else(|| entry.parse::<SocketAddr>().ok().map(|address| address.ip()))
        .or_else(|| bracketed().map(IpAddr::V6))
}

/// The network that counts as one client: an IPv4 address, or the /64 of one IPv6 subscriber.
#[must_use]
pub fn subscriber(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen_from(peer: &str, forwarded: &[&str]) -> IpAddr {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(X_FORWARDED_FOR, line.parse().unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        address(&extensions, &headers, &trusted).unwrap()
    }

    #[test]
    fn a_client_that_comes_directly_is_not_believed_to_be_another() {
        assert_eq!(seen_from("192.0.2.1", &["198.51.100.7"]).to_string(), "192.0.2.1");
    }

    #[test]
    fn behind_trusted_proxies_the_last_address_that_is_no_proxy_counts() {
        assert_eq!(seen_from("10.0.0.1", &["192.0.2.1"]).to_string(), "192.0.2.1");
        assert_eq!(seen_from("10.0.0.1", &["203.0.113.9, 192.0.2.1, 10.0.0.2"]).to_string(), "192.0.2.1");
        assert_eq!(seen_from("10.0.0.1", &["203.0.113.9", "192.0.2.1,10.0.0.2"]).to_string(), "192.0.2.1");
        assert_eq!(seen_from("fd00::1", &["2001:db8::5"]).to_string(), "2001:db8::5");
    }

    #[test]
    fn an_address_may_have_a_port_and_brackets() {
        for (entry, address) in [
            ("203.0.113.9:51234", "203.0.113.9"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("198.51.100.7, 203.0.113.9:51234, 10.0.0.2:80", "203.0.113.9"),
            ("[::ffff:203.0.113.9]:1", "203.0.113.9"),
        ] {
            assert_eq!(seen_from("10.0.0.1", &[entry]).to_string(), address, "{entry}");
        }
        for entry in [
            "203.0.113.9:",
            "203.0.113.9:99999",
            "[203.0.113.9]:80",
            "[2001:db8::1",
            "2001:db8::1]:80",
            ":80",
            "[]",
        ] {
            assert_eq!(seen_from("10.0.0.1", &[entry]).to_string(), "10.0.0.1", "{entry}");
        }
    }

    #[test]
    fn a_program_on_this_machine_says_for_whom_it_asks() {
        assert_eq!(seen_from("127.0.0.1", &["192.0.2.1"]).to_string(), "192.0.2.1");
        assert_eq!(seen_from("::1", &["203.0.113.9, 192.0.2.1, 10.0.0.2"]).to_string(), "192.0.2.1");
        assert_eq!(seen_from("127.0.0.1", &[]).to_string(), "127.0.0.1");
    }

    #[test]
    fn what_no_proxy_would_write_is_not_believed() {
        assert_eq!(seen_from("10.0.0.1", &["192.0.2.1, unknown"]).to_string(), "10.0.0.1");
        assert_eq!(seen_from("10.0.0.1", &["192.0.2.1, x, 10.0.0.2"]).to_string(), "10.0.0.2");
        assert_eq!(seen_from("10.0.0.1", &[]).to_string(), "10.0.0.1");
    }

    #[test]
    fn an_ipv4_address_is_the_same_however_it_is_written() {
        assert_eq!(seen_from("::ffff:10.0.0.1", &["::ffff:192.0.2.1"]).to_string(), "192.0.2.1");
    }

    #[test]
    fn what_people_are_told_is_never_an_address_of_ours_nor_what_a_client_says() {
        let seen = |peer: &str, forwarded: Option<&str>| {
            let mut extensions = Extensions::new();
            extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
            let mut headers = HeaderMap::new();
            if let Some(line) = forwarded {
                headers.insert(X_FORWARDED_FOR, line.parse().unwrap());
            }
            seen(&extensions, &headers, &["10.0.0.0/8".parse().unwrap()]).map(network)
        };
        assert_eq!(seen("127.0.0.1", Some("203.0.113.9")).as_deref(), Some("203.0.113.0/24"));
        assert_eq!(seen("10.0.0.1", Some("2001:db8:1:2::3")).as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(seen("198.51.100.7", None).as_deref(), Some("198.51.100.0/24"));
        for (peer, forwarded) in [
            ("127.0.0.1", None),
            ("10.0.0.1", None),
            ("127.0.0.1", Some("127.0.0.1")),
            ("10.0.0.1", Some("10.0.0.2")),
            ("10.0.0.1", Some("unknown")),
            ("198.51.100.7", Some("203.0.113.9")),
        ] {
            assert_eq!(seen(peer, forwarded), None, "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn one_ipv6_subscriber_is_one_client() {
        let [one, other, neighbour] = ["2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"]
            .map(|text| subscriber(text.parse().unwrap()));
        assert_eq!(one, other);
        assert_ne!(one, neighbour);
    }
}
