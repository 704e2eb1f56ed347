//! Replaces environment variables in the strings of the configuration.

/// Looks a name up in the environment.
pub(crate) type Lookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

#[derive(Debug, PartialEq)]
pub(crate) enum SubstitutionError {
    Unset(String),
    Malformed,
}

/// Replaces `${NAME}` and `${NAME:-default}`; `$${` is a literal `${`. The default also replaces an
/// empty variable, as in a shell.
pub(crate) fn substitute(text: &str, lookup: &Lookup<'_>) -> Result<String, SubstitutionError> {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let (before, after) = (&rest[..start], &rest[start + 2..]);
        if let Some(escaped) = before.strip_suffix('$') {
            result.push_str(escaped);
            result.push_str("${");
            rest = after;
            continue;
        }
        result.push_str(before);
        let (expression, remaining) = after.split_once('}').ok_or(SubstitutionError::Malformed)?;
        result.push_str(&value_of(expression, lookup)?);
        rest = remaining;
    }
    result.push_str(rest);
    Ok(result)
}

fn value_of(expression: &str, lookup: &Lookup<'_>) -> Result<String, SubstitutionError> {
    let (name, default) = match expression.split_once(":-") {
        Some((name, default)) => (name, Some(default)),
        None => (expression, None),
    };
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    // A variable inside a default: its brace was read as the end of the outer one.
    let is_nested = default.is_some_and(|default| default.contains("${"));
    if !is_name || is_nested {
        return Err(SubstitutionError::Malformed);
    }
    match (lookup(name), default) {
        (Some(value), None) => Ok(value),
        (Some(value), Some(_)) if !value.is_empty() => Ok(value),
        (_, Some(default)) => Ok(default.to_owned()),
        (None, None) => Err(SubstitutionError::Unset(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_environment(text: &str) -> Result<String, SubstitutionError> {
        substitute(text, &|name| match name {
            "HOST" => Some("example.gouv.fr".into()),
            "EMPTY" => Some(String::new()),
            "REFERENCE" => Some("${HOST}".into()),
            _ => None,
        })
    }

    #[test]
    fn names_are_replaced_wherever_they_stand() {
        assert_eq!(
            from_environment("https://${HOST}:1/${HOST}"),
            Ok("https://example.gouv.fr:1/example.gouv.fr".into())
        );
        assert_eq!(from_environment("$HOST {HOST} $"), Ok("$HOST {HOST} $".into()));
    }

    #[test]
    fn a_default_takes_the_place_of_an_unset_or_empty_name() {
        assert_eq!(from_environment("${NOWHERE:-a:-b}"), Ok("a:-b".into()));
        assert_eq!(from_environment("${EMPTY:-x}${EMPTY}"), Ok("x".into()));
        assert_eq!(from_environment("${HOST:-x}"), Ok("example.gouv.fr".into()));
    }

    #[test]
    fn an_unset_name_without_default_is_an_error_that_names_it() {
        assert_eq!(from_environment("${NOWHERE}"), Err(SubstitutionError::Unset("NOWHERE".into())));
    }

    #[test]
    fn what_a_name_stands_for_is_not_replaced_again() {
        assert_eq!(from_environment("${REFERENCE}${HOST}"), Ok("${HOST}example.gouv.fr".into()));
    }

    #[test]
    fn two_dollars_keep_the_braces() {
        assert_eq!(from_environment("a$${HOST}"), Ok("a${HOST}".into()));
    }

    #[test]
    fn an_open_brace_or_an_odd_name_is_an_error() {
        for text in ["${HOST", "${}", "${A B}", "${:-x}", "${HOST:-${EMPTY}}"] {
            assert_eq!(from_environment(text), Err(SubstitutionError::Malformed), "{text}");
        }
    }
}
