//! How the provider of a test behaves: correctly, until a test changes the script.

use serde_json::{Value, json};

use super::jws::{Edits, Forgery};
use super::keys::{FIRST, Kind};
use super::twist::Twist;

#[derive(Clone)]
pub(crate) struct Script {
    /// Who logs in.
    pub(crate) sub: &'static str,
    /// The person's details in the userinfo.
    pub(crate) person: Value,
    /// The algorithm and the number of the key that signs.
    pub(crate) kind: Kind,
    pub(crate) signs_with: usize,
    /// The numbers of the keys in the key set.
    pub(crate) publishes: Vec<usize>,
    /// Whether the userinfo is a signed token, like ProConnect's.
    pub(crate) signs_userinfo: bool,
    /// Whether the provider's issuer ends in a slash.
    pub(crate) has_slash: bool,
    /// What is wrong with the tokens.
    pub(crate) id_token: Forgery,
    pub(crate) userinfo: Forgery,
    /// What is wrong with the userinfo when it is plain JSON.
    pub(crate) userinfo_members: Edits,
    /// What is wrong with the endpoints.
    pub(crate) metadata: Twist,
    pub(crate) jwks: Twist,
    pub(crate) token: Twist,
    pub(crate) userinfo_endpoint: Twist,
    pub(crate) end_session: Twist,
    /// The only registered post-logout redirect URI; none accepts any.
    pub(crate) registered: Option<&'static str>,
    /// What is wrong with the authorization endpoint.
    pub(crate) authorization: Twist,
    /// The time that the metadata are sent at, when it is another than this machine's.
    pub(crate) date: Option<&'static str>,
}

impl Default for Script {
    fn default() -> Self {
        Self {
            sub: "704e024229015d2bd47f7a5e5ab05b35c8336ab403c38022985f8cfadc86fe91",
            person: json!({
                "email": "camille.martin@example.gouv.fr",
                "given_name": "Camille",
                "usual_name": "Martin",
                "siret": "13002526500013",
                "organization_label": "Direction interministérielle du numérique",
                "roles": ["agent_public"],
                "uid": "1"
            }),
            kind: Kind::Rs256,
            signs_with: FIRST,
            publishes: vec![FIRST],
            signs_userinfo: true,
            has_slash: false,
            id_token: Forgery::default(),
            userinfo: Forgery::default(),
            userinfo_members: Edits::default(),
            metadata: Twist::None,
            jwks: Twist::None,
            token: Twist::None,
            userinfo_endpoint: Twist::None,
            end_session: Twist::None,
            registered: None,
            authorization: Twist::None,
            date: None,
        }
    }
}
