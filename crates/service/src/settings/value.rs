//! How each type of value is read from the configuration.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use serde_json::Number;
use url::Url;

use super::duration;
use super::environment::Environment;
use super::input::Input;
use super::node::Node;
use super::problem::Noted;
use crate::address::Address;
use crate::client_address::ClientHeader;
use crate::collector::Collector;

/// A type that a key can have. A program implements this trait for its own types.
pub trait Value: Sized {
    /// Whether the value may also be given as `key_file`, the path of a file that holds it.
    const IS_SECRET: bool = false;

    /// Reads the value of a key, or notes what is wrong and what to do.
    ///
    /// # Errors
    /// When a problem was noted.
    fn read(input: &mut Input<'_>) -> Result<Self, Noted>;

    /// Whether a required key with this value counts as missing.
    fn is_blank(&self) -> bool {
        false
    }
}

impl Value for String {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        input.string()
    }

    fn is_blank(&self) -> bool {
        self.trim().is_empty()
    }
}

/// A list, or one string with commas.
impl Value for Vec<String> {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        input.strings()
    }
}

/// A path, relative to the working directory.
impl Value for PathBuf {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        input.string().map(Self::from)
    }
}

/// An absolute http or https URL without user name or password.
impl Value for Url {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let text = input.string()?;
        let url = Self::parse(text.trim()).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
        });
        url.ok_or_else(|| {
            let fix = "write it as https://host/path, without user name or password";
            input.refuse("is not an http or https URL", fix)
        })
    }
}

/// The address of a collector of traces. An empty string is none: it may come from a variable that is not set everywhere.
impl Value for Option<Collector> {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        if input.string()?.trim().is_empty() {
            return Ok(None);
        }
        let address = Url::read(input)?;
        let collector = Collector::at(address)
            .ok_or_else(|| input.refuse("has a query or a fragment", "end the URL before `?` or `#`"))?;
        Ok(Some(collector))
    }
}

/// An address to listen on.
impl Value for SocketAddr {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let text = input.string()?;
        text.trim().parse().map_err(|_| {
            input.refuse("is not an address and port", "write it as 127.0.0.1:8000 or [::1]:8000")
        })
    }
}

/// An address to listen on, or a unix socket.
impl Value for Address {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let text = input.string()?;
        Self::parse(text.trim()).ok_or_else(|| {
            input.refuse(
                "is not an address and port",
                "write it as 127.0.0.1:8000, [::1]:8000 or unix:/run/passerelle/api.sock",
            )
        })
    }
}

/// Networks such as `10.0.0.0/8`, or single addresses.
impl Value for Vec<IpNet> {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let strings = input.strings()?;
        let networks = strings.iter().enumerate().map(|(index, text)| {
            let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| {
                let fix = "write it as 10.0.0.0/8, fd00::/8 or a single address";
                input.refuse_item(index, "is not a network", fix)
            })
        });
        // Check every item first, so that all bad ones are reported.
        networks.collect::<Vec<_>>().into_iter().collect()
    }
}

/// A duration such as `300s`, `10m`, `24h` or `7d`; zero is allowed.
impl Value for Duration {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let duration = match input.node() {
            Some(Node::Number(_) | Node::Boolean(_)) => None,
            _ => duration::parse(input.string()?.trim()),
        };
        duration.ok_or_else(|| {
            input.refuse("is not a duration", "write a whole number and a unit, such as 300s, 10m or 24h")
        })
    }
}

/// A whole number, not negative.
impl Value for u64 {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let number = match input.node() {
            Some(Node::Number(number)) => number.as_ref().and_then(Number::as_u64),
            _ => input.environment_value()?.and_then(|text| text.trim().parse().ok()),
        };
        number.ok_or_else(|| {
            input.refuse("is not a whole number", "write it with digits alone, without quotes")
        })
    }
}

/// `true` or `false`.
impl Value for bool {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let boolean = match input.node() {
            Some(Node::Boolean(boolean)) => Some(*boolean),
            _ => input.environment_value()?.and_then(|text| text.parse().ok()),
        };
        boolean.ok_or_else(|| input.refuse("is not a boolean", "write true or false, without quotes"))
    }
}

impl Value for ClientHeader {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        match input.string()?.as_str() {
            "x-forwarded-for" => Ok(Self::XForwardedFor),
            "x-real-ip" => Ok(Self::XRealIp),
            "forwarded" => Ok(Self::Forwarded),
            _ => Err(input.refuse(
                "is no header that names a client",
                "write the one that your proxy sets: x-forwarded-for, x-real-ip or forwarded",
            )),
        }
    }
}

impl Value for Environment {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        match input.string()?.as_str() {
            "development" => Ok(Self::Development),
            "production" => Ok(Self::Production),
            _ => Err(input.refuse("is neither development nor production", "write one of the two")),
        }
    }
}
