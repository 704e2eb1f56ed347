//! Each `login_error`, as an operator meets it: one line in the log, and a row in docs/diagnose.md that explains it.

use std::time::Duration;

use contract::{LoginErrorCode, ProblemCode};

use crate::support::browser::fail;
use crate::support::log::Log;
use crate::support::twist::Twist;
use crate::support::{Api, Browser, Extra, FORGETFUL, ORIGIN, Provider, Reply, clock};

const GUIDE: &str = include_str!("../../../../docs/diagnose.md");

/// What a login meets that ends with a code.
struct Trouble {
    /// Lines of the section `oauth2`.
    oauth2: &'static str,
    /// What happens between the login page and the callback.
    meets: Meets,
    /// What the log says, besides the code.
    words: &'static [&'static str],
    level: &'static str,
}

#[derive(Clone, Copy)]
enum Meets {
    Nothing,
    /// The provider sends the browser back with an error.
    Error(&'static str, &'static str),
    /// The token endpoint answers something else.
    Token(u16, &'static str),
    /// The statement of an operator, after a first login.
    Statement(&'static str),
    /// Time passes.
    Wait(Duration),
}

/// A trouble for every code: a new one does not compile without.
fn trouble(code: LoginErrorCode) -> Trouble {
    use LoginErrorCode as Code;
    let (oauth2, meets, words): (_, _, &[_]) = match code {
        Code::AccessDenied => {
            ("", Meets::Error("access_denied", "User auth aborted"), &["User auth aborted"])
        }
        Code::NotAllowed => {
            ("", Meets::Error("access_denied", "invalid identity"), &["access_denied", "invalid identity"])
        }
        Code::AcrNotMet => ("required_acr: [eidas3]", Meets::Nothing, &["eidas1", "oauth2.required_acr"]),
        Code::LoginExpired => {
            ("login_ttl: 600s", Meets::Wait(Duration::from_secs(601)), &["oauth2.login_ttl"])
        }
        Code::ProviderError => {
            ("", Meets::Token(200, "<h1>Bonjour</h1>"), &["token endpoint", "200", "text/html"])
        }
        Code::ProviderUnavailable => ("", Meets::Token(503, "Service Unavailable"), &["503"]),
        Code::Configuration => (
            "",
            Meets::Error("invalid_scope", "requested scope is not allowed"),
            &["invalid_scope", "requested scope is not allowed", "oauth2.scope", "oauth2.client_id"],
        ),
        Code::AccountDisabled => ("", Meets::Statement("UPDATE users SET disabled = 1"), &["disabled"]),
        Code::AccessRefused => {
            ("access: {email_domains: [example.fr]}", Meets::Nothing, &["email_domain", "oauth2.access"])
        }
        Code::Internal => {
            ("", Meets::Statement("ALTER TABLE tokens RENAME TO away"), &["a login failed here"])
        }
    };
    let level = if code == Code::Internal { " ERROR " } else { " WARN " };
    Trouble { oauth2, meets, words, level }
}

async fn meet(api: &Api, browser: &mut Browser, meets: Meets) -> Reply {
    if let Meets::Statement(_) = meets {
        Browser::new(api).log_in().await;
    }
    let mut back = browser.until_callback().await;
    match meets {
        Meets::Nothing => {}
        Meets::Error(error, description) => fail(&mut back, error, description),
        Meets::Token(status, body) => {
            api.provider.script().token = Twist::Instead(status, "text/html", body);
        }
        Meets::Statement(sql) => api.execute(sql).await,
        Meets::Wait(time) => clock::advance(time),
    }
    browser.call_back(&back).await
}

#[tokio::test]
async fn each_code_is_one_line_in_the_log_with_its_cause() {
    for code in LoginErrorCode::ALL {
        let Trouble { oauth2, meets, words, level } = trouble(*code);
        let api = Api::with(Provider::start(), Extra { oauth2, ..Extra::default() }, FORGETFUL).await;
        api.provider.script().id_token.claim("acr", "eidas1");
        let log = Log::capture();
        let mut browser = Browser::new(&api);
        let reply = meet(&api, &mut browser, meets).await;
        let code = code.as_str();
        let expected = format!("{ORIGIN}/?login_error={code}");
        assert!(reply.location().starts_with(&expected), "{code}: {}", log.take());
        let line = log.the_refusal(&reply, "a login");
        assert!(line.contains(level) && line.contains(&format!("code=\"{code}\"")), "{line}");
        for word in words {
            assert!(line.contains(word), "{word} is not in {line}");
        }
    }
}

#[test]
fn the_guide_explains_each_code() {
    let words = LoginErrorCode::ALL.iter().map(|code| code.as_str());
    // And each problem of a request that begins or ends a login.
    let problems = [
        ProblemCode::InvalidOrigin,
        ProblemCode::InvalidBinding,
        ProblemCode::InvalidState,
        ProblemCode::InvalidQuery,
        ProblemCode::UnknownState,
        ProblemCode::ProviderUnavailable,
        ProblemCode::Configuration,
        ProblemCode::MissingToken,
        ProblemCode::InvalidToken,
        ProblemCode::SessionRequired,
        ProblemCode::InvalidBody,
        ProblemCode::BodyTooLarge,
        ProblemCode::InvalidIdToken,
        ProblemCode::InvalidRedirectUri,
    ];
    for word in words.chain(problems.iter().map(|code| code.as_str())) {
        let first =
            |line: &str| line.split(" | ").next().is_some_and(|cell| cell.contains(&format!("`{word}`")));
        assert!(
            GUIDE.lines().any(|line| line.starts_with("| ") && first(line)),
            "{word} is not in the guide"
        );
    }
}
