use serde::{Deserialize, Serialize};

/// Who is logged in to a protected application, as oauth2-proxy says it. What is unknown is empty.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApplicationUser {
    /// The account's id, which identifies the person.
    #[cfg_attr(feature = "openapi", schema(example = "7"))]
    pub user: String,
    /// The e-mail address.
    #[cfg_attr(feature = "openapi", schema(example = "camille.martin@example.gouv.fr"))]
    pub email: String,
    /// The role, alone.
    #[cfg_attr(feature = "openapi", schema(example = json!(["Freemium"])))]
    pub groups: Vec<String>,
    /// First name and surname.
    #[cfg_attr(feature = "openapi", schema(example = "Camille Martin"))]
    pub preferred_username: String,
}
