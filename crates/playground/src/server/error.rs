use service::client;

use super::assets::AssetsError;
use super::logo::LogoError;

/// Why the playground cannot start. Each message ends with what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The built site is not complete.
    #[error(transparent)]
    Assets(#[from] AssetsError),
    /// The operator's logo cannot be shown.
    #[error(transparent)]
    Logo(#[from] LogoError),
    /// There is no client for the api.
    #[error(transparent)]
    Client(#[from] client::SetUpError),
}
