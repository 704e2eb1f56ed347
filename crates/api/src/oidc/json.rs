use serde::de::DeserializeOwned;

/// Reads a JSON object, as the provider's answers and the parts of its tokens must be: the fields of a type are
/// read from a list of their values, too, unless that is refused.
pub(super) fn object<T: DeserializeOwned>(json: &[u8]) -> Option<T> {
    let is_object = json.trim_ascii_start().starts_with(b"{");
    is_object.then(|| serde_json::from_slice(json).ok())?
}
