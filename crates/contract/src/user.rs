use serde::{Deserialize, Serialize};

/// Who an API token belongs to, and until when it is valid. Times are Unix seconds.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserInfo {
    /// Always `userInfo`.
    #[cfg_attr(feature = "openapi", schema(example = "userInfo"))]
    pub object: String,
    /// The account's id.
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub id: i64,
    /// E-mail address.
    #[cfg_attr(feature = "openapi", schema(example = "agent@example.gouv.fr"))]
    pub email: Option<String>,
    /// First name and name in use.
    #[cfg_attr(feature = "openapi", schema(example = "Camille Exemple"))]
    pub name: Option<String>,
    /// The role's name.
    #[cfg_attr(feature = "openapi", schema(example = "Freemium"))]
    pub role: String,
    /// What the role permits.
    #[cfg_attr(feature = "openapi", schema(example = json!(["chat"])))]
    pub permissions: Vec<String>,
    /// What ProConnect calls the organisation.
    #[cfg_attr(feature = "openapi", schema(example = "Direction interministérielle du numérique"))]
    pub organization: Option<String>,
    /// The organisation's number in the register of establishments, 14 digits.
    #[cfg_attr(feature = "openapi", schema(example = "13002526500013"))]
    pub siret: Option<String>,
    /// When the API token expires; `null` for a key without end.
    #[cfg_attr(feature = "openapi", schema(example = 1_790_086_400))]
    pub expires: Option<i64>,
    /// When the account was created.
    #[cfg_attr(feature = "openapi", schema(example = 1_790_000_000))]
    pub created: i64,
    /// When ProConnect last said something new of this person.
    #[cfg_attr(feature = "openapi", schema(example = 1_790_000_000))]
    pub updated: i64,
}
