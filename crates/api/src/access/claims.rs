use serde_json::{Map, Value};

use super::email::Mailbox;

/// What the provider says of a person, as far as rules ask for it.
pub struct Claims<'a>(pub &'a Map<String, Value>);

impl Claims<'_> {
    /// A claim that is a string and says something.
    pub(super) fn string(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    pub(super) fn mailbox(&self) -> Option<Mailbox> {
        Mailbox::parse(self.string("email")?)
    }

    /// The roles, if the provider gave a list.
    pub(super) fn roles(&self) -> Vec<&str> {
        let roles = self.0.get("roles").and_then(Value::as_array);
        roles.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// A claim, by a name whose dots go into objects. One that is null is not there.
    pub(super) fn at(&self, path: &str) -> Option<&Value> {
        let mut names = path.split('.');
        let first = self.0.get(names.next()?)?;
        names.try_fold(first, |value, name| value.get(name)).filter(|value| !value.is_null())
    }

    /// What is kept of a claim that a rule names: a string, a number, a boolean, or a list of them.
    #[must_use]
    pub fn kept(&self, path: &str) -> Option<&Value> {
        let is_kept = |value: &&Value| match value {
            Value::Array(entries) => entries.iter().all(is_scalar),
            value => is_scalar(value),
        };
        self.at(path).filter(is_kept)
    }
}

fn is_scalar(value: &Value) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}

/// Whether a claim is one of these values, by type and value. Of a list, one entry is enough.
pub(super) fn has_one(said: &Value, values: &[Value]) -> bool {
    let is_one = |said: &Value| values.iter().any(|value| is_same(said, value));
    match said {
        Value::Array(entries) => entries.iter().any(is_one),
        said => is_one(said),
    }
}

/// Numbers are the same by value: providers write 3 and 3.0 alike.
fn is_same(one: &Value, other: &Value) -> bool {
    one == other || (one.is_f64() || other.is_f64()) && one.is_number() && one.as_f64() == other.as_f64()
}

/// A claim in words, for the person whose it is.
pub(super) fn words(said: &Value) -> Option<String> {
    match said {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Array(entries) => {
            let entries: Vec<String> =
                entries.iter().filter(|entry| is_scalar(entry)).filter_map(words).collect();
            (!entries.is_empty()).then(|| entries.join(", "))
        }
        Value::Null | Value::Object(_) => None,
    }
}
