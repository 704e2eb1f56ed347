use std::fmt;

use url::Host;

/// An e-mail address, ready to be compared: its domain as DNS has it (UTS 46), its local part with ASCII case folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    local: String,
    domain: String,
}

/// A domain alone, or all below it when it is written with a dot in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    name: String,
    is_below: bool,
}

impl Mailbox {
    /// Reads an address with exactly one `@`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        // What is not printed, or turns the direction of what follows, shows another address than it is.
        let is_hidden = |c: char| {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
        };
        let is_atom = |atom: &str| {
            !atom.is_empty()
                && !atom.contains(['"', '(', ')', '<', '>', ',', ';', ':', '\\', '[', ']', '＠', '﹫'])
        };
        if text.contains(is_hidden) || !local.split('.').all(is_atom) {
            return None;
        }
        Some(Self { local: local.to_ascii_lowercase(), domain: domain_name(domain)? })
    }

    /// The domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }
}

impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.local, self.domain)
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.is_below { "." } else { "" }, self.name)
    }
}

impl Domain {
    /// Reads `gouv.fr`, which is that domain alone, or `.example.fr`, which is all below it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, is_below) = text.strip_prefix('.').map_or((text, false), |name| (name, true));
        Some(Self { name: domain_name(name)?, is_below })
    }

    /// Whether an address is of it.
    #[must_use]
    pub fn covers(&self, mailbox: &Mailbox) -> bool {
        if self.is_below {
            mailbox.domain.strip_suffix(&self.name).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
        } else {
            mailbox.domain == self.name
        }
    }
}

/// A name as DNS has it. An address of a machine is no domain.
fn domain_name(text: &str) -> Option<String> {
    // A URL may write its host with escapes; an address may not.
    if text.contains(['@', '%']) {
        return None;
    }
    match Host::parse(text).ok()? {
        Host::Domain(name) => Some(name).filter(|name| name.contains('.') && name.split('.').all(is_label)),
        Host::Ipv4(_) | Host::Ipv6(_) => None,
    }
}

/// Letters, digits and hyphens (RFC 1123, section 2.1).
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_that_alone_and_one_with_a_dot_all_below_it() {
        let of = |domain: &str, address: &str| {
            Domain::parse(domain).unwrap().covers(&Mailbox::parse(address).unwrap())
        };
        for (domain, address) in [
            ("gouv.fr", "a@gouv.fr"),
            ("gouv.fr", "a@GOUV.FR"),
            (".gouv.fr", "a@x.gouv.fr"),
            (".gouv.fr", "a@y.x.gouv.fr"),
            ("hôpital.fr", "a@xn--hpital-ixa.fr"),
            ("hôpital.fr", "a@HÔPITAL.fr"),
            ("gouv.fr", "a@ｇｏｕｖ.fr"),
        ] {
            assert!(of(domain, address), "{domain} {address}");
        }
        for (domain, address) in [
            ("gouv.fr", "a@x.gouv.fr"),
            (".gouv.fr", "a@gouv.fr"),
            ("gouv.fr", "a@evilgouv.fr"),
            (".gouv.fr", "a@evilgouv.fr"),
            ("gouv.fr", "a@gouv.fr.evil.example"),
            ("gouv.fr", "a@gouv.fr.example"),
            ("gouv.fr", "gouv.fr@evil.example"),
            ("ssi.fr", "a@ßi.fr"),
        ] {
            assert!(!of(domain, address), "{domain} {address}");
        }
    }

    /// Forms that programs read differently: none of them is an address here.
    #[test]
    fn hostile_forms_are_no_address() {
        for text in include_str!("hostile-addresses.txt").lines().filter(|line| !line.starts_with('#')) {
            let text = unescaped(text);
            assert_eq!(Mailbox::parse(&text), None, "{text:?}");
        }
    }

    #[test]
    fn usual_and_unusual_addresses_are_read() {
        let addresses = include_str!("good-addresses.txt").lines().filter(|line| !line.starts_with('#'));
        for line in addresses {
            let (text, domain) = line.rsplit_once(' ').unwrap();
            assert_eq!(Mailbox::parse(text).unwrap().domain(), domain, "{text:?}");
        }
    }

    /// The corpora write what an editor does not show as in Rust: `\u{0}`.
    fn unescaped(text: &str) -> String {
        let mut parts = text.split("\\u{");
        let mut unescaped = parts.next().unwrap().to_owned();
        for part in parts {
            let (number, rest) = part.split_once('}').unwrap();
            unescaped.push(char::from_u32(u32::from_str_radix(number, 16).unwrap()).unwrap());
            unescaped.push_str(rest);
        }
        unescaped
    }

    #[test]
    fn the_local_part_folds_ascii_and_nothing_else() {
        let parse = |text| Mailbox::parse(text).unwrap();
        assert_eq!(parse("Kevin@x.fr"), parse("kevin@X.fr"));
        assert_ne!(parse("\u{212a}evin@x.fr"), parse("kevin@x.fr"), "the KELVIN SIGN is no K");
        assert_ne!(parse("É@x.fr"), parse("é@x.fr"));
    }
}
