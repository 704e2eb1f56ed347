//! Where traces are sent.

use url::Url;

/// The path of traces below the address of a collector (OpenTelemetry Protocol, "OTLP/HTTP Request").
const PATH: &str = "/v1/traces";

/// Where a collector of OpenTelemetry takes traces by OTLP over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collector(Url);

impl Collector {
    /// The collector at an address, which may end with the path of traces. None when it has a query or a fragment.
    #[must_use]
    pub fn at(mut address: Url) -> Option<Self> {
        if address.query().is_some() || address.fragment().is_some() {
            return None;
        }
        let path = address.path().trim_end_matches('/');
        let path = format!("{}{PATH}", path.strip_suffix(PATH).unwrap_or(path));
        address.set_path(&path);
        Some(Self(address))
    }

    /// The URL that spans are sent to.
    pub(crate) fn url(&self) -> Url {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_have_their_own_path_below_the_address() {
        for (address, url) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces"),
            ("http://127.0.0.1:4318/v1/traces", "http://127.0.0.1:4318/v1/traces"),
            ("http://127.0.0.1:4318/v1/traces/", "http://127.0.0.1:4318/v1/traces"),
            ("https://otel.example.gouv.fr/otlp", "https://otel.example.gouv.fr/otlp/v1/traces"),
        ] {
            assert_eq!(Collector::at(address.parse().unwrap()).unwrap().url().as_str(), url);
        }
        for address in ["http://127.0.0.1:4318/?key=1", "http://127.0.0.1:4318/#traces"] {
            assert_eq!(Collector::at(address.parse().unwrap()), None, "{address}");
        }
    }
}
