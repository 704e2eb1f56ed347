//! A request as programs write it. What an operator wrote is quoted, so that it cannot become code.

use std::fmt::Write as _;

use super::Example;
use crate::pages::try_api::Sample;

/// The variable of the environment that holds the key.
const VARIABLE: &str = "API_KEY";

pub(super) fn curl(example: &Example) -> Sample {
    let mut text = "curl --include".to_owned();
    if example.method != "GET" {
        let _ = write!(text, " --request {}", example.method);
    }
    let _ = write!(text, " \\\n  --header \"Authorization: Bearer ${VARIABLE}\"");
    for (name, value) in &example.headers {
        let _ = write!(text, " \\\n  --header {}", in_shell(&format!("{name}: {value}")));
    }
    if let Some(body) = &example.body {
        let _ = write!(text, " \\\n  --data-raw {}", in_shell(body));
    }
    let _ = write!(text, " \\\n  {}", in_shell(&example.url));
    Sample { id: "curl", name: "curl", text }
}

pub(super) fn python(example: &Example) -> Sample {
    let mut text = format!(
        "import os\n\nimport requests\n\nresponse = requests.request(\n    {},\n    {},\n    headers={{\n        \
         \"Authorization\": f\"Bearer {{os.environ['{VARIABLE}']}}\",\n",
        in_json(example.method.as_str()),
        in_json(&example.url)
    );
    for (name, value) in &example.headers {
        let _ = writeln!(text, "        {}: {},", in_json(name), in_json(value));
    }
    text.push_str("    },\n");
    if let Some(body) = &example.body {
        let _ = writeln!(text, "    data={}.encode(),", in_json(body));
    }
    text.push_str("    timeout=10,\n)\nprint(response.status_code, response.text)");
    Sample { id: "python", name: "Python", text }
}

pub(super) fn javascript(example: &Example) -> Sample {
    let mut text = format!(
        "const response = await fetch({}, {{\n  method: {},\n  headers: {{\n    \
         Authorization: `Bearer ${{process.env.{VARIABLE}}}`,\n",
        in_json(&example.url),
        in_json(example.method.as_str())
    );
    for (name, value) in &example.headers {
        let _ = writeln!(text, "    {}: {},", in_json(name), in_json(value));
    }
    text.push_str("  },\n");
    if let Some(body) = &example.body {
        let _ = writeln!(text, "  body: {},", in_json(body));
    }
    text.push_str("});\nconsole.log(response.status, await response.text());");
    Sample { id: "javascript", name: "JavaScript", text }
}

/// A word of a shell.
fn in_shell(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A string in JSON is one in Python and in JavaScript too.
fn in_json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use service::client::Method;

    use super::*;

    fn example() -> Example {
        Example {
            title: None,
            method: Method::POST,
            url: "https://api.example.gouv.fr/v1/chat?a=1&b=$HOME".into(),
            headers: vec![("Accept".into(), "application/json".into())],
            body: Some("{\"q\": \"l'été `id` $(id)\"}".into()),
        }
    }

    #[test]
    fn what_an_operator_wrote_is_quoted_in_every_language() {
        let curl = curl(&example()).text;
        assert!(curl.contains(r#"--data-raw '{"q": "l'\''été `id` $(id)"}'"#), "{curl}");
        assert!(curl.contains("'https://api.example.gouv.fr/v1/chat?a=1&b=$HOME'"), "{curl}");
        assert!(curl.contains("--request POST") && curl.contains("\"Authorization: Bearer $API_KEY\""));
        for text in [python(&example()).text, javascript(&example()).text] {
            assert!(text.contains(r#""{\"q\": \"l'été `id` $(id)\"}""#), "{text}");
            assert!(text.contains("\"Accept\": \"application/json\",") && text.contains("API_KEY"), "{text}");
        }
    }

    #[test]
    fn a_plain_get_is_short() {
        let plain = Example { method: Method::GET, headers: Vec::new(), body: None, ..example() };
        let curl = curl(&plain).text;
        assert!(!curl.contains("--request") && !curl.contains("--data"), "{curl}");
        assert!(!python(&plain).text.contains("data=") && !javascript(&plain).text.contains("body"));
    }
}
