//! One call.

use serde_json::Value;
use url::form_urlencoded;

use super::html::{disclosed, inline, pretty, prose, text};
use super::schema::{row, type_of};
use super::words::Words;
use crate::page::escape;

/// A call: what is said of a method of a path.
pub(super) struct Operation<'a> {
    pub(super) path: &'a str,
    pub(super) method: &'a str,
    pub(super) said: &'a Value,
}

impl Operation<'_> {
    /// What the page calls it in its own links.
    pub(super) fn anchor(&self) -> String {
        format!("call-{}", text(self.said, "operationId"))
    }

    /// The method and the path.
    pub(super) fn name(&self) -> String {
        let method = self.method.to_uppercase();
        // A long path may break after each of its slashes.
        let path = escape(self.path).replace('/', "/<wbr>");
        format!("<span class=\"method {}\">{method}</span> <code>{path}</code>", self.method)
    }

    /// Everything about it.
    pub(super) fn html(&self, origin: &str, words: &Words) -> String {
        let said = self.said;
        let token = if said["security"].is_array() {
            format!("<p class=\"token\">{}</p>", words.needs_token)
        } else {
            String::new()
        };
        format!(
            "<article id=\"{}\"><h3>{}</h3><p class=\"summary\" lang=\"en\">{}</p>{}{token}{}{}{}{}</article>",
            self.anchor(),
            self.name(),
            inline(text(said, "summary")),
            prose_of(said),
            self.parameters(words),
            self.body(words),
            self.answers(words),
            disclosed(words.with_curl, &self.curl(origin)),
        )
    }

    fn parameters(&self, words: &Words) -> String {
        let Some(parameters) = self.said["parameters"].as_array() else { return String::new() };
        let rows = parameters.iter().map(|parameter| {
            let kind =
                format!("{}, {}", type_of(&parameter["schema"], words), words.place(text(parameter, "in")));
            let about = inline(text(parameter, "description"));
            row(text(parameter, "name"), &kind, parameter["required"] == true, &about, words)
        });
        format!("<h4>{}</h4><dl class=\"fields\">{}</dl>", words.parameters, rows.collect::<String>())
    }

    fn body(&self, words: &Words) -> String {
        let Some((media_type, content)) = first_content(&self.said["requestBody"]) else {
            return String::new();
        };
        format!(
            "<h4>{}</h4><p class=\"type\">{}, <code>{media_type}</code></p>{}",
            words.body,
            type_of(&content["schema"], words),
            disclosed(words.example, &pretty(&content["example"])),
        )
    }

    fn answers(&self, words: &Words) -> String {
        let answers = self.said["responses"].as_object().into_iter().flatten();
        let rows: String = answers.map(|(status, answer)| answer_row(status, answer, words)).collect();
        format!("<h4>{}</h4><dl class=\"answers\">{rows}</dl>", words.answers)
    }

    /// A command that makes the call.
    fn curl(&self, origin: &str) -> String {
        let mut line = "curl".to_owned();
        if self.said["security"].is_array() {
            line.push_str(" -H \"Authorization: Bearer $TOKEN\"");
        }
        if !matches!((self.method, &self.said["requestBody"]), ("get", _) | ("post", Value::Object(_))) {
            line = format!("{line} -X {}", self.method.to_uppercase());
        }
        if let Some((media_type, content)) = first_content(&self.said["requestBody"]) {
            if media_type == "application/json" {
                line = format!("{line} -d '{}'", content["example"]);
            } else {
                let fields = content["example"].as_object().into_iter().flatten();
                for (name, value) in fields.take(1) {
                    line = format!("{line} --data-urlencode '{name}={}'", value.as_str().unwrap_or_default());
                }
            }
        }
        let parameters = self.said["parameters"].as_array().into_iter().flatten();
        let mut query = form_urlencoded::Serializer::new(String::new());
        for parameter in parameters.filter(|parameter| parameter["in"] == "query") {
            let value =
                [&parameter["example"], &parameter["schema"]["enum"][0]].into_iter().find_map(Value::as_str);
            if let Some(value) =
                value.filter(|_| parameter["required"] == true || parameter["example"].is_string())
            {
                query.append_pair(text(parameter, "name"), value);
            }
        }
        let (path, query) = (self.path.replace("{id}", "8"), query.finish());
        let query = if query.is_empty() { query } else { format!("?{query}") };
        format!("{line} '{origin}{path}{query}'")
    }
}

fn prose_of(said: &Value) -> String {
    let text = text(said, "description");
    if text.is_empty() { String::new() } else { prose(text) }
}

/// The first media type of a body, and what is said of it.
fn first_content(body: &Value) -> Option<(&str, &Value)> {
    let (media_type, content) = body["content"].as_object()?.iter().next()?;
    Some((media_type, content))
}

/// An answer: of a refusal, the codes; of anything else, what is in it.
fn answer_row(status: &str, answer: &Value, words: &Words) -> String {
    let class = if status.starts_with(['4', '5']) { "refusal" } else { "success" };
    let examples = answer["content"]["application/problem+json"]["examples"].as_object();
    let about = examples.map_or_else(
        || inline(text(answer, "description")),
        |codes| {
            let codes = codes.keys().map(|code| format!("<a href=\"#code-{code}\"><code>{code}</code></a>"));
            codes.collect::<Vec<_>>().join(", ")
        },
    );
    let body = match first_content(answer) {
        Some((_, content)) if examples.is_none() => {
            format!(
                "<p class=\"type\">{}</p>{}",
                type_of(&content["schema"], words),
                disclosed(words.example, &pretty(&content["example"])),
            )
        }
        _ => String::new(),
    };
    let page = match &answer["content"]["text/html"] {
        Value::Null => String::new(),
        _ => format!("<p>{}</p>", words.for_browsers),
    };
    let headers: Vec<_> = match answer["headers"].as_object() {
        Some(headers) if examples.is_none() => {
            headers.keys().map(|name| format!("<code>{}</code>", escape(name))).collect()
        }
        _ => Vec::new(),
    };
    let headers = if headers.is_empty() {
        String::new()
    } else {
        format!("<p class=\"type\">{} {}</p>", words.headers, headers.join(", "))
    };
    format!(
        "<div><dt class=\"{class}\">{status}</dt><dd><p lang=\"en\">{about}</p>{headers}{body}{page}</dd></div>"
    )
}
