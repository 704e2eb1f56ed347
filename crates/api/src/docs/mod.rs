//! The page `/docs`: the OpenAPI description as HTML. It runs no script and loads nothing.

mod html;
mod operation;
mod schema;
mod words;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use html::{disclosed, inline, pretty, text};
use operation::Operation;
use schema::fields;
use words::Words;

use crate::page::escape;

/// The style of the page, and of the page at `/`.
pub const STYLE: &str = include_str!("style.css");

/// What the page says besides the description.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The service's name.
    pub service: &'a str,
    /// Where the api is, for the commands.
    pub origin: &'a str,
    /// English, or French.
    pub in_english: bool,
}

/// The page of a description.
#[must_use]
pub fn page(description: &Value, head: Head<'_>) -> String {
    let words = Words::of(head.in_english);
    let groups = groups(description);
    let (mut contents, mut calls) = (String::new(), String::new());
    for (tag, operations) in &groups {
        let title = escape(words.tag(text(tag, "name")));
        let anchor = format!("group-{}", text(tag, "name"));
        let links = operations.iter().map(|operation| {
            format!("<li><a href=\"#{}\">{}</a></li>", operation.anchor(), operation.name())
        });
        // Writing into a string cannot fail.
        let _ = write!(
            contents,
            "<li><a href=\"#{anchor}\">{title}</a><ul>{}</ul></li>",
            links.collect::<String>()
        );
        let about = inline(text(tag, "description"));
        let _ = write!(calls, "<section id=\"{anchor}\"><h2>{title}</h2><p lang=\"en\">{about}.</p>");
        calls.extend(operations.iter().map(|operation| operation.html(head.origin, words)));
        calls.push_str("</section>");
    }
    let (other, language) = words.other_language;
    format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} – {service}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#content\">{skip}</a>\n\
         <header><p class=\"brand\"><a href=\"/\">{service}</a></p><p><a href=\"/docs?lang={other}\" lang=\"{other}\" hreflang=\"{other}\">{language}</a></p></header>\n\
         <div class=\"columns\">\n<nav aria-labelledby=\"contents\"><h2 id=\"contents\">{contents_title}</h2><ul>{contents}\
         <li><a href=\"#problems\">{problems}</a></li><li><a href=\"#schemas\">{schemas}</a></li></ul></nav>\n\
         <main id=\"content\" tabindex=\"-1\"><h1>{title}</h1><p class=\"lead\">{lead}</p>\
         <p>{version_word} {version} · <a href=\"/openapi.json\">{machine}</a></p>\n{calls}\n\
         <section id=\"problems\"><h2>{problems}</h2><p>{about_problems}</p>{codes}</section>\n\
         <section id=\"schemas\"><h2>{schemas}</h2><p>{about_schemas}</p>{objects}</section>\n</main>\n</div>\n</body>\n</html>\n",
        lang = words.lang,
        title = words.title,
        service = escape(head.service),
        skip = words.skip,
        contents_title = words.contents,
        problems = words.problems,
        schemas = words.schemas,
        lead = words.lead,
        version_word = words.version,
        version = escape(text(&description["info"], "version")),
        machine = words.machine,
        about_problems = words.about_problems,
        codes = codes(description, words),
        about_schemas = words.about_schemas,
        objects = objects(description, words),
    )
}

/// The calls of each group, in the order of the description.
fn groups(description: &Value) -> Vec<(&Value, Vec<Operation<'_>>)> {
    let paths = description["paths"].as_object().into_iter().flatten();
    let all = paths.flat_map(|(path, item)| {
        let methods = item.as_object().into_iter().flatten();
        methods.map(move |(method, said)| Operation { path, method, said })
    });
    let mut by_tag: BTreeMap<&str, Vec<Operation<'_>>> = BTreeMap::new();
    for operation in all {
        by_tag.entry(operation.said["tags"][0].as_str().unwrap_or_default()).or_default().push(operation);
    }
    let tags = description["tags"].as_array().into_iter().flatten();
    tags.filter_map(|tag| Some((tag, by_tag.remove(text(tag, "name"))?))).collect()
}

/// Every code with its statuses and its meaning.
fn codes(description: &Value, words: &Words) -> String {
    let examples = &description["components"]["examples"];
    let mut rows: BTreeMap<&str, (Vec<String>, &str)> = BTreeMap::new();
    for example in examples.as_object().into_iter().flatten().map(|(_, example)| example) {
        let (statuses, meaning) = rows.entry(text(&example["value"], "code")).or_default();
        statuses.push(example["value"]["status"].to_string());
        *meaning = text(example, "summary");
    }
    let rows = rows.iter().map(|(code, (statuses, meaning))| {
        format!(
            "<div id=\"code-{code}\"><dt><code>{code}</code> <span class=\"type\">{}</span></dt><dd lang=\"en\">{}</dd></div>",
            statuses.join(", "),
            inline(meaning)
        )
    });
    let example = disclosed(words.example, &pretty(&examples["422_expires_too_late"]["value"]));
    format!("{example}<dl class=\"fields\">{}</dl>", rows.collect::<String>())
}

fn objects(description: &Value, words: &Words) -> String {
    let schemas = description["components"]["schemas"].as_object().into_iter().flatten();
    let all = schemas.map(|(name, schema)| {
        format!(
            "<article id=\"schema-{name}\"><h3>{name}</h3><p lang=\"en\">{}</p>{}</article>",
            inline(text(schema, "description")),
            fields(schema, words)
        )
    });
    all.collect()
}
