//! Finds the address of the client behind trusted proxies.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Once;

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;

/// The header that names the client, as the proxies of this place write it. Only one is read: a client could write the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClientHeader {
    /// A list, to which each proxy adds the address of its own client at the end.
    #[default]
    XForwardedFor,
    /// One address, which the proxy sets.
    XRealIp,
    /// The list of RFC 7239.
    Forwarded,
}

/// The proxies that may say who the client is, and how they say it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proxies {
    /// Their networks. Programs on this machine are trusted, too.
    pub trusted: Vec<IpNet>,
    /// The header in which they say it.
    pub header: ClientHeader,
}

impl ClientHeader {
    /// The name of the header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::XRealIp => "x-real-ip",
            Self::Forwarded => "forwarded",
        }
    }

    /// The value that names this client.
    #[must_use]
    pub fn value(self, client: IpAddr) -> String {
        match (self, client) {
            (Self::Forwarded, IpAddr::V6(client)) => format!("for=\"[{client}]\""),
            (Self::Forwarded, IpAddr::V4(client)) => format!("for={client}"),
            (Self::XForwardedFor | Self::XRealIp, client) => client.to_string(),
        }
    }

    /// The clients that the header names, the nearest first; what is there instead where that is no address.
    fn clients(self, headers: &HeaderMap) -> impl Iterator<Item = Result<IpAddr, &str>> {
        let lines = headers.get_all(self.name());
        let is_list = self != Self::XRealIp;
        // Two lines of one address are two opinions.
        let is_ambiguous = !is_list && lines.iter().nth(1).is_some();
        let read = if self == Self::Forwarded { forwarded_for } else { parse };
        let entries = lines.iter().rev().map(|line| line.to_str().unwrap_or_default());
        let entries = entries.flat_map(move |line| line.rsplit(move |mark| is_list && mark == ','));
        entries.map(str::trim).map(move |entry| read(entry).filter(|_| !is_ambiguous).ok_or(entry))
    }
}

impl Proxies {
    /// Whether what comes from this address may say for whom it asks.
    #[must_use]
    pub fn trusts(&self, address: &IpAddr) -> bool {
        address.is_loopback() || self.trusted.iter().any(|network| network.contains(address))
    }

    /// Whether a request comes from somebody who may say for whom they ask.
    #[must_use]
    pub fn trusts_peer(&self, extensions: &Extensions) -> bool {
        peer(extensions).is_some_and(|peer| self.trusts(&peer))
    }

    /// The client's address. The last one named that is not a trusted proxy is the client. Those before it come from the client
    /// itself.
    #[must_use]
    pub fn client(&self, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = peer(extensions)?;
        if !self.trusts(&peer) {
            return Some(peer);
        }
        let mut client = peer;
        for address in self.header.clients(headers) {
            // What is not an address ends the search: the last address before it counts as the client.
            let address = match address {
                Ok(address) => address,
                Err(entry) => {
                    tell_unreadable(self.header, entry);
                    break;
                }
            };
            client = address.to_canonical();
            if !self.trusts(&client) {
                break;
            }
        }
        Some(client)
    }

    /// The network that a request comes from, to show to the person it is about: never the address of one of our servers, and
    /// nothing that only the client claims.
    #[must_use]
    pub fn seen(&self, extensions: &Extensions, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = peer(extensions)?;
        match (self.trusts(&peer), headers.contains_key(self.header.name())) {
            (true, true) => self.client(extensions, headers).filter(|client| !self.trusts(client)),
            (false, false) => Some(peer),
            // One of our servers that names no client, or an untrusted client that names another one.
            (true, false) | (false, true) => None,
        }
    }
}

/// Logs once that a trusted proxy names no address: until somebody corrects it, all of its clients count as one.
fn tell_unreadable(header: ClientHeader, entry: &str) {
    static TOLD: Once = Once::new();
    // A client may have written it, so only what an address may contain is quoted.
    let is_of_an_address = |character: char| character.is_ascii_hexdigit() || ".:[]%/".contains(character);
    let shown = |character| if is_of_an_address(character) { character } else { '?' };
    TOLD.call_once(|| {
        tracing::warn!(
            header = header.name(),
            value = entry.chars().take(45).map(shown).collect::<String>(),
            fix = "let the proxy write the client's address into this header, or name the header that has it in api.client_address",
            "a trusted proxy names a client that is no address, so the proxy counts as the client; this is said once"
        );
    });
}

fn peer(extensions: &Extensions) -> Option<IpAddr> {
    Some(extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical())
}

/// The address of an element of `Forwarded`. A name that hides one is none.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let mut named = element.split(';').filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("for").then_some(value)
    });
    let (value, None) = (named.next()?, named.next()) else { return None };
    let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    // RFC 7239 asks for quotes and brackets around an IPv6 address, and for quotes around a colon.
    match quoted {
        Some(value) => parse(value),
        None => value.parse().ok().filter(IpAddr::is_ipv4),
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

    fn named_by(header: ClientHeader, peer: &str, lines: &[(&'static str, &str)]) -> IpAddr {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let mut headers = HeaderMap::new();
        for (name, line) in lines {
            headers.append(*name, line.parse().unwrap());
        }
        let trusted = vec!["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        Proxies { trusted, header }.client(&extensions, &headers).unwrap()
    }

    fn seen_from(peer: &str, forwarded: &[&str]) -> IpAddr {
        let lines: Vec<_> = forwarded.iter().map(|line| ("x-forwarded-for", *line)).collect();
        named_by(ClientHeader::XForwardedFor, peer, &lines)
    }

    #[test]
    fn only_the_header_that_the_proxies_write_is_read() {
        let all =
            [("x-forwarded-for", "192.0.2.1"), ("x-real-ip", "192.0.2.2"), ("forwarded", "for=192.0.2.3")];
        for (header, client) in [
            (ClientHeader::XForwardedFor, "192.0.2.1"),
            (ClientHeader::XRealIp, "192.0.2.2"),
            (ClientHeader::Forwarded, "192.0.2.3"),
        ] {
            assert_eq!(named_by(header, "10.0.0.1", &all).to_string(), client);
            assert_eq!(
                named_by(header, "198.51.100.1", &all).to_string(),
                "198.51.100.1",
                "an untrusted peer"
            );
            let others: Vec<_> = all.into_iter().filter(|(name, _)| *name != header.name()).collect();
            assert_eq!(named_by(header, "10.0.0.1", &others).to_string(), "10.0.0.1");
            // What one of our servers writes, another reads.
            for client in ["203.0.113.9", "2001:db8::1"] {
                let line = header.value(client.parse().unwrap());
                assert_eq!(named_by(header, "127.0.0.1", &[(header.name(), &line)]).to_string(), client);
            }
        }
    }

    #[test]
    fn the_real_address_is_one_address() {
        let real = |lines: &[&str]| {
            let lines: Vec<_> = lines.iter().map(|line| ("x-real-ip", *line)).collect();
            named_by(ClientHeader::XRealIp, "10.0.0.1", &lines).to_string()
        };
        assert_eq!(real(&[" 192.0.2.1 "]), "192.0.2.1");
        assert_eq!(real(&["[2001:db8::1]:443"]), "2001:db8::1");
        for lines in [&["192.0.2.1, 192.0.2.2"][..], &["192.0.2.1", "192.0.2.2"], &["unknown"], &[""], &[]] {
            assert_eq!(real(lines), "10.0.0.1", "{lines:?}");
        }
    }

    #[test]
    fn forwarded_is_read_from_its_end() {
        let forwarded = |lines: &[&str]| {
            let lines: Vec<_> = lines.iter().map(|line| ("forwarded", *line)).collect();
            named_by(ClientHeader::Forwarded, "10.0.0.1", &lines).to_string()
        };
        for (lines, client) in [
            (&["for=192.0.2.1"][..], "192.0.2.1"),
            (&["For=192.0.2.1;proto=https;by=10.0.0.1"], "192.0.2.1"),
            (&["proto=https ; for=\"192.0.2.1:4711\""], "192.0.2.1"),
            (&["for=\"[2001:db8::1]:443\", for=10.0.0.2"], "2001:db8::1"),
            (&["for=203.0.113.9", "for=192.0.2.1, for=10.0.0.2"], "192.0.2.1"),
            (&["for=203.0.113.9, for=unknown, for=10.0.0.2"], "10.0.0.2"),
            (&["for=_hidden"], "10.0.0.1"),
            (&["for=2001:db8::1"], "10.0.0.1"),
            (&["for=192.0.2.1;for=192.0.2.2"], "10.0.0.1"),
            (&["192.0.2.1"], "10.0.0.1"),
            (&["by=192.0.2.1"], "10.0.0.1"),
            (&["for=\"192.0.2.1"], "10.0.0.1"),
        ] {
            assert_eq!(forwarded(lines), client, "{lines:?}");
        }
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
                headers.insert("x-forwarded-for", line.parse().unwrap());
            }
            let proxies = Proxies { trusted: vec!["10.0.0.0/8".parse().unwrap()], ..Proxies::default() };
            proxies.seen(&extensions, &headers).map(network)
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
