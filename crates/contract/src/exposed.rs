use secrecy::{ExposeSecret as _, SecretString};
use serde::Serializer;

/// A secret may only be serialized where its receiver needs it.
pub(crate) fn exposed<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}
