//! One request to the operator's API, its answer, and the same request for programs.

use std::fmt::Write as _;

use leptos::prelude::*;

use crate::components::copyable::Copyable;
use crate::components::field_error::FieldError;
use crate::components::header::Member;
use crate::components::notice_box::MessageBox;
use crate::document::Document;
use crate::notice::Severity;
use crate::place::Place;
use crate::text::Lang;

/// The request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What it does, in the operator's words.
    pub title: Option<String>,
    /// Its method.
    pub method: String,
    /// Where it goes.
    pub url: String,
    /// Its headers, without the token.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Option<String>,
    /// The same for programs.
    pub samples: [Sample; 3],
}

/// A request in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The id of its field.
    pub id: &'static str,
    /// The language.
    pub name: &'static str,
    /// The program.
    pub text: String,
}

/// What a request is sent with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Credential {
    /// The token of the session.
    #[default]
    Session,
    /// A key that was pasted.
    Key,
}

/// What is wrong with the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// There is none.
    Missing,
    /// It cannot be one.
    Unreadable,
}

/// What came of a request that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer.
    Answer(Answer),
    /// No answer.
    Nothing,
    /// No answer in time.
    Late,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// The status in words, when it is a known one.
    pub reason: &'static str,
    /// How many milliseconds it took.
    pub milliseconds: u128,
    /// Its headers.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: AnswerBody,
}

/// The body of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerBody {
    /// There is none.
    Empty,
    /// No text.
    Binary,
    /// Text, and whether it is only the beginning.
    Text(String, bool),
}

/// The page.
#[component]
pub fn TryPage(
    /// The person's name.
    name: Option<String>,
    /// The request.
    request: Request,
    /// What it is sent with.
    credential: Credential,
    /// What is wrong with the key.
    fault: Option<KeyFault>,
    /// What came of it.
    outcome: Option<Outcome>,
) -> impl IntoView {
    let lang = Lang::current();
    let has_failed = fault.is_some() || matches!(outcome, Some(Outcome::Nothing | Outcome::Late));
    let title =
        if has_failed { lang.error_prefix().to_owned() + lang.try_api() } else { lang.try_api().to_owned() };
    let samples = request.samples.clone().map(|sample| {
        let rows = u8::try_from(sample.text.lines().count()).unwrap_or(u8::MAX).max(2);
        view! { <Copyable label=sample.name id=sample.id value=sample.text rows hint="programs-hint" /> }
            .into_any()
    });
    view! {
        <Document title member=Some(Member { name, place: Some(Place::Try) })>
            <h1>{lang.try_api()}</h1>
            <p class="lead">{lang.try_lead()}</p>
            {outcome.map(|outcome| view! { <OutcomeView outcome credential /> }.into_any())}
            <section class="panel" aria-labelledby="request">
                <h2 id="request">{lang.the_request()}</h2>
                {request.title.clone().map(|title| view! { <p>{title}</p> })}
                <pre class="wire" tabindex="0" aria-labelledby="request"><code>{wire(&request)}</code></pre>
                {view! { <RequestForm credential fault /> }.into_any()}
            </section>
            <section class="panel" aria-labelledby="programs">
                <h2 id="programs">{lang.from_programs()}</h2>
                <p id="programs-hint">
                    {lang.from_programs_lead()} " " <a href="/keys#new">{lang.create_key_first()}</a>
                </p>
                {samples}
            </section>
        </Document>
    }
}

/// The request as it goes over the wire, without the token.
fn wire(request: &Request) -> String {
    let mut text = format!("{} {}\nAuthorization: Bearer sk-…\n", request.method, request.url);
    for (name, value) in &request.headers {
        let _ = writeln!(text, "{name}: {value}");
    }
    if let Some(body) = &request.body {
        text.push('\n');
        text.push_str(body);
    }
    text.trim_end().to_owned()
}

#[component]
fn RequestForm(credential: Credential, fault: Option<KeyFault>) -> impl IntoView {
    let lang = Lang::current();
    let with_key = credential == Credential::Key;
    let error = fault.map(|fault| match fault {
        KeyFault::Missing => lang.no_key_pasted(),
        KeyFault::Unreadable => lang.key_unreadable(),
    });
    view! {
        <form class="form try" method="post" action="/try#answer">
            <fieldset>
                <legend>{lang.sent_with()}</legend>
                <label class="choice">
                    <input type="radio" name="with" value="session" checked=!with_key />
                    <span>{lang.with_session()} <span class="detail">{lang.with_session_hint()}</span></span>
                </label>
                <label class="choice">
                    <input type="radio" name="with" value="key" checked=with_key />
                    <span>{lang.with_key()}</span>
                </label>
            </fieldset>
            <div class="field pasted">
                <label for="key">{lang.pasted_key()}</label>
                <input
                    id="key"
                    name="key"
                    type="password"
                    autocomplete="off"
                    spellcheck="false"
                    autofocus=fault.is_some()
                    aria-invalid=fault.is_some().then_some("true")
                    aria-describedby=if fault.is_some() { "key-error key-hint" } else { "key-hint" }
                />
                {error.map(|words| view! { <FieldError id="key-error">{words}</FieldError> })}
                <p class="hint" id="key-hint">{lang.pasted_key_hint()}</p>
            </div>
            <div class="send">
                <button class="button primary" type="submit">{lang.send_request()}</button>
            </div>
        </form>
    }
}

#[component]
fn OutcomeView(outcome: Outcome, credential: Credential) -> impl IntoView {
    let lang = Lang::current();
    let (severity, words) = match &outcome {
        Outcome::Nothing => (Severity::Error, lang.no_answer()),
        Outcome::Late => (Severity::Error, lang.no_answer_in_time()),
        Outcome::Answer(answer) => match answer.status {
            200..=299 => (Severity::Success, lang.answer_ok()),
            300..=399 => (Severity::Information, lang.answer_redirect()),
            401 => (Severity::Warning, lang.answer_unauthorized()),
            403 => (Severity::Warning, lang.answer_forbidden()),
            429 => (Severity::Warning, lang.answer_too_many()),
            400..=499 => (Severity::Warning, lang.answer_refused()),
            _ => (Severity::Warning, lang.answer_failed()),
        },
    };
    let is_refused = matches!(&outcome, Outcome::Answer(Answer { status: 401, .. }));
    let keys = (is_refused && credential == Credential::Key)
        .then(|| view! { <p><a href="/keys">{lang.see_keys()}</a></p> });
    let role = if severity == Severity::Error { "alert" } else { "status" };
    let answer = match outcome {
        Outcome::Answer(answer) => Some(view! { <AnswerView answer /> }.into_any()),
        Outcome::Nothing | Outcome::Late => None,
    };
    view! {
        <section aria-labelledby="answer">
            <h2 id="answer" tabindex="-1">{lang.the_answer()}</h2>
            <MessageBox severity>
                <p role=role>{words}</p>
                {keys}
            </MessageBox>
            {answer}
        </section>
    }
}

#[component]
fn AnswerView(answer: Answer) -> impl IntoView {
    let lang = Lang::current();
    let Answer { status, reason, milliseconds, headers, body } = answer;
    let lines: Vec<String> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let body = match body {
        AnswerBody::Empty => view! { <p class="hint">{lang.empty_body()}</p> }.into_any(),
        AnswerBody::Binary => view! { <p class="hint">{lang.binary_body()}</p> }.into_any(),
        AnswerBody::Text(text, is_cut) => view! {
            <pre class="wire" tabindex="0" aria-labelledby="body"><code>{text}</code></pre>
            {is_cut.then(|| view! { <p class="hint">{lang.cut_body()}</p> })}
        }
        .into_any(),
    };
    view! {
        <div class="panel">
            <dl class="facts-line">
                <div><dt>{lang.answer_status()}</dt><dd><b>{status}</b> " " {reason}</dd></div>
                <div><dt>{lang.answer_time()}</dt><dd>{milliseconds.to_string()} "\u{a0}" {lang.milliseconds()}</dd></div>
            </dl>
            <h3 id="body">{lang.answer_body()}</h3>
            {body}
            <details>
                <summary>{lang.answer_headers()} " (" {lines.len()} ")"</summary>
                <pre class="wire" tabindex="0" aria-label=lang.answer_headers()><code>{lines.join("\n")}</code></pre>
            </details>
        </div>
    }
}
