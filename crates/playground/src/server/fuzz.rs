//! A target of `make fuzz`; see crates/fuzz.

use service::testing::{fuzz_configuration, is_this_machine};
use url::Url;

use super::config::Config;

#[test]
fn config() {
    fuzz_configuration("playground-config", Config::from_document, assert_may_be_trusted);
}

fn assert_may_be_trusted(config: &Config) {
    let url = Url::parse(config.public_url.as_str()).unwrap();
    assert_eq!(url.origin().ascii_serialization(), config.public_url.as_str(), "more than an origin");
    if config.environment.is_production() {
        assert!(!config.keys.has_placeholder());
        assert!(config.public_url.is_https() || is_this_machine(&url), "{url}");
    }
}
