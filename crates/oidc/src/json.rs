use serde::de::DeserializeOwned;

/// Reads a JSON object. serde would also read a struct from a list of its values, which no answer of a provider and no
/// part of a token may be.
pub(crate) fn object<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    let is_object = json.trim_ascii_start().starts_with(b"{");
    is_object.then(|| serde_json::from_slice(json).ok())?
}
