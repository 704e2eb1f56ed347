//! What a proxy passes on to the application: who is calling, in headers that are always there.

use accounts::Bearer;
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::conditions::kind_of;

/// Adds who somebody is. Every header is there, empty when nothing is known: a proxy that copies an absent header keeps the client's.
pub(super) fn identify(headers: &mut HeaderMap, bearer: &Bearer) {
    let profile = &bearer.profile;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let values: [(&'static str, String); 10] = [
        ("x-auth-user-id", bearer.user_id.to_string()),
        ("x-auth-email", text(&profile.email)),
        ("x-auth-name", bearer.name().unwrap_or_default()),
        ("x-auth-role", bearer.role.clone()),
        ("x-auth-permissions", bearer.permissions.join(",")),
        ("x-auth-organization", text(&profile.organization)),
        ("x-auth-siret", text(&profile.siret)),
        ("x-auth-acr", text(&bearer.token_acr)),
        ("x-auth-token-id", bearer.token_id.to_string()),
        ("x-auth-token-kind", kind_of(bearer).to_owned()),
    ];
    insert(headers, values);
}

/// Adds the same as oauth2-proxy names it.
pub(super) fn identify_as_oauth2_proxy(headers: &mut HeaderMap, bearer: &Bearer) {
    let values = [
        ("x-auth-request-user", bearer.user_id.to_string()),
        ("x-auth-request-email", bearer.profile.email.clone().unwrap_or_default()),
        ("x-auth-request-preferred-username", bearer.name().unwrap_or_default()),
        ("x-auth-request-groups", bearer.role.clone()),
        // Nobody gets the token.
        ("x-auth-request-access-token", String::new()),
    ];
    insert(headers, values);
}

fn insert<const N: usize>(headers: &mut HeaderMap, values: [(&'static str, String); N]) {
    for (name, value) in values {
        let value = HeaderValue::try_from(encode(&value)).unwrap_or(HeaderValue::from_static(""));
        headers.insert(HeaderName::from_static(name), value);
    }
}

/// Percent-encodes every byte but printable ASCII without `%`, so that any language can read it back and nothing ends a header.
fn encode(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if matches!(byte, b' '..=b'~') && byte != b'%' {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_printable_ascii_is_encoded() {
        assert_eq!(encode("Camille Martin <a@b.fr>, 1"), "Camille Martin <a@b.fr>, 1");
        assert_eq!(encode("Zoé 100 %\r\nX: y\0"), "Zo%C3%A9 100 %25%0D%0AX: y%00");
    }
}
