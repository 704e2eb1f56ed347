//! Who may log in: the rules of a configuration, a login that they refuse, and the command that tests them.

use api::config::Config;
use serde_json::{Value, json};
use service::settings::Document;
use token_crypto::Refusal;

use crate::support::api::{keys, yaml};
use crate::support::folder::Folder;
use crate::support::log::Log;
use crate::support::program::{program, run};
use crate::support::script::Script;
use crate::support::{Api, Browser, Extra, ORIGIN, Reply, clock, path_with};

/// The result of a login: empty when it succeeds, otherwise the parameters that the application gets.
async fn outcome(api: &Api) -> String {
    let reply = Browser::new(api).try_to_log_in().await;
    assert_eq!(reply.status, 303, "{reply:?}");
    if reply.location_parameter("encrypted_token").is_some() {
        return String::new();
    }
    reply.location().strip_prefix(&format!("{ORIGIN}/?login_error=")).unwrap().to_owned()
}

#[tokio::test]
async fn each_rule_accepts_the_right_people_and_refuses_others_with_its_reason() {
    for (rules, refused) in [
        ("email_domains: [example.gouv.fr]", ""),
        ("email_domains: [gouv.fr, .x.gouv.fr]", "email_domain"),
        ("emails: [Camille.Martin@EXAMPLE.gouv.fr]", ""),
        ("emails: [camille@example.gouv.fr]", "email"),
        ("organizations: ['130025265']", ""),
        ("organizations: ['35600000000048']", "organization"),
        ("identity_providers: [another]", "identity_provider"),
        ("roles: [agent_public]", ""),
        ("roles: [agent_public_territorial]", "role"),
        ("custom: {uid: ['1']}", ""),
        ("custom: {uid: [1]}", "custom"),
        ("deny: {emails: [camille.martin@example.gouv.fr]}", "denied"),
        ("email_domains: [gouv.fr], organizations: ['130025265']", "email_domain"),
        ("combine: any, email_domains: [gouv.fr], organizations: ['130025265']", ""),
        ("combine: any, organizations: ['130025265'], deny: {organizations: ['13002526500013']}", "denied"),
    ] {
        let scope = "scope: openid given_name usual_name email siret idp_id roles organization_label";
        let oauth2 = format!("{scope}\naccess: {{{rules}}}").leak();
        let api = Api::configured(oauth2).await;
        let expected =
            if refused.is_empty() { String::new() } else { format!("access_refused&reason={refused}") };
        assert_eq!(outcome(&api).await, expected, "{rules}");
        assert_eq!(
            api.count("users").await,
            i64::from(refused.is_empty()),
            "{rules}: a refusal leaves no account"
        );
    }
}

#[tokio::test]
async fn a_refusal_is_logged_and_recorded_and_offers_another_account() {
    let log = Log::capture();
    let api = Api::configured("access: {email_domains: [example.fr]}").await;
    let mut browser = Browser::new(&api);
    let back = browser.until_callback().await;
    log.take();
    let reply = browser.call_back(&back).await;
    assert!(reply.location().ends_with("login_error=access_refused&reason=email_domain"), "{reply:?}");
    let said = log.take();
    let line = said.lines().find(|line| line.contains(" WARN ")).unwrap();
    assert!(line.contains("email_domain") && line.contains("oauth2.access"), "{line}");
    assert!(!line.contains("camille") && line.contains(reply.header("x-request-id")), "{line}");
    assert!(browser.cookies.contains_key("passerelle_refused"));
    let recorded = "SELECT event || ' ' || reason || ' ' || details FROM audit";
    let recorded = api.text(recorded).await;
    let details: Value =
        serde_json::from_str(recorded.strip_prefix("login.refused email_domain ").unwrap()).unwrap();
    assert_eq!(
        details,
        json!({
            "email_domain": "example.gouv.fr", "siret": "13002526500013", "idp_id": null, "roles": ["agent_public"],
        })
    );
}

/// Begins a login with a binding and comes back refused.
async fn refused_with_binding(api: &Api, binding: &str) -> Reply {
    let mut browser = Browser::new(api);
    let path = path_with("/v1/oauth2/login", &[("origin", ORIGIN), ("binding", binding), ("moved", "1")]);
    let reply = browser.get(&path).await;
    let back = browser.authorize(&url::Url::parse(reply.location()).unwrap()).await;
    browser.call_back(&back).await
}

#[tokio::test]
async fn the_browser_that_began_the_login_takes_along_what_was_refused() {
    let scope = "scope: openid email siret idp_id roles";
    let binding = "b".repeat(43);
    for (rules, reason, value) in [
        ("email_domains: [example.fr]", "email_domain", "example.gouv.fr"),
        ("emails: [a@example.fr]", "email", "camille.martin@example.gouv.fr"),
        ("organizations: ['35600000000048']", "organization", "13002526500013"),
        ("roles: [x]", "role", "agent_public"),
        ("custom: {uid: ['2']}", "custom", "1"),
        ("prepared_only: true", "not_prepared", "camille.martin@example.gouv.fr"),
        ("deny: {organizations: ['130025265']}", "denied", "13002526500013"),
    ] {
        let oauth2 = format!("{scope}\nlink_by_email: true\naccess: {{{rules}}}").leak();
        let log = Log::capture();
        let api = Api::configured(oauth2).await;
        let reply = refused_with_binding(&api, &binding).await;
        assert!(value == "1" || !reply.location().contains(value), "{reply:?}");
        let sealed = reply.location_parameter("refusal").unwrap();
        let refusal = Refusal::open(&sealed, &keys(), clock::now()).unwrap();
        assert_eq!(refusal, Refusal::new(reason, value, &binding), "{rules}");
        assert_eq!(reply.location_parameter("reason").as_deref(), Some(reason));
        let said = log.take();
        assert!(!said.contains(&sealed) && (value == "1" || !said.contains(value)), "{said}");
    }
}

#[tokio::test]
async fn without_a_binding_or_a_claim_nothing_is_taken_along() {
    let api = Api::configured("access: {email_domains: [example.fr]}").await;
    assert_eq!(outcome(&api).await, "access_refused&reason=email_domain");
    for email in [json!(null), json!(""), json!("a@b@example.fr"), json!(["a@example.fr"])] {
        api.provider.script().person["email"] = email;
        let reply = refused_with_binding(&api, &"b".repeat(43)).await;
        assert!(reply.location().ends_with("login_error=access_refused&reason=email_domain"), "{reply:?}");
    }
    // A login that is refused for another reason.
    let api = Api::configured("required_acr: [eidas3]").await;
    let reply = refused_with_binding(&api, &"b".repeat(43)).await;
    assert!(reply.location().ends_with("login_error=acr_not_met"), "{reply:?}");
}

#[tokio::test]
async fn a_disabled_account_is_refused_before_any_rule() {
    let api = Api::configured("access: {email_domains: [example.gouv.fr]}").await;
    Browser::new(&api).log_in().await;
    api.execute("UPDATE users SET disabled = 1").await;
    assert_eq!(outcome(&api).await, "account_disabled");
    // Even when a rule would refuse it.
    let mut person = json!({"email": "camille@elsewhere.example"});
    std::mem::swap(&mut api.provider.script().person, &mut person);
    assert_eq!(outcome(&api).await, "account_disabled");
    api.execute("UPDATE users SET disabled = 0").await;
    assert_eq!(outcome(&api).await, "access_refused&reason=email_domain");
}

fn problems(access: &str, scope: &'static str) -> Vec<String> {
    let folder = Folder::new();
    let oauth2 = format!("scope: {scope}\naccess: {{{access}}}").leak();
    let extra = Extra { oauth2, ..Extra::default() };
    let yaml = yaml("http://127.0.0.1:9/api/v2", "http://127.0.0.1:8000", &folder, extra);
    let read = Document::parse("config.yml", &yaml).and_then(Config::from_document);
    read.err().map_or(Vec::new(), |problems| problems.to_string().lines().map(str::to_owned).collect())
}

#[test]
fn a_rule_that_matches_nobody_or_the_wrong_people_is_refused_by_name() {
    const ALL: &str = "openid email siret idp_id roles";
    for (access, key) in [
        ("email_domains: []", "email_domains"),
        ("emails: []", "emails"),
        ("organizations: []", "organizations"),
        ("identity_providers: []", "identity_providers"),
        ("roles: []", "roles"),
        ("custom: {x: []}", "custom.x"),
        ("custom: {x: [{}]}", "custom.x"),
        ("deny: {emails: []}", "deny.emails"),
        ("email_domains: ['*.gouv.fr']", "email_domains[0]"),
        ("email_domains: [gouv.fr, '@gouv.fr']", "email_domains[1]"),
        ("email_domains: [127.0.0.1]", "email_domains[0]"),
        ("emails: [a@b@gouv.fr]", "emails[0]"),
        ("organizations: [13002526500013]", "organizations[0]"),
        ("organizations: ['13002526500014']", "organizations[0]"),
        ("organizations: ['1300252650001']", "organizations[0]"),
        ("combine: some", "combine"),
        ("domains: [gouv.fr]", "domains"),
        // A rule without a value would be none.
        ("email_domains: ", "email_domains"),
        ("emails: '', combine: any", "emails"),
        ("roles: null", "roles"),
        ("custom: ", "custom"),
        ("custom: {x: }", "custom.x"),
        ("custom: {x..y: [1]}", "custom.x..y"),
        ("custom: {.x: [1]}", "custom..x"),
        ("deny: ", "deny"),
        ("deny: {emails: }", "deny.emails"),
        ("prepared_only: ", "prepared_only"),
        ("prepared_only: true", "prepared_only"),
        ("acr: ", "acr"),
        ("acr: []", "acr"),
        ("acr: eidas2", "acr"),
        ("acr: [eidas2]", "acr[0]"),
        ("acr: [{values: [eidas2]}]", "acr[0].identity_providers"),
        ("acr: [{identity_providers: [x], values: []}]", "acr[0].values"),
        ("acr: [{identity_providers: [x], values: [y], level: 1}]", "acr[0].level"),
        // Rules that contradict one another.
        ("emails: [a@x.fr], deny: {emails: [A@X.fr]}", "deny.emails"),
        ("emails: [a@x.fr], email_domains: [gouv.fr]", "emails"),
        ("organizations: ['13002526500013'], deny: {organizations: ['130025265']}", "deny.organizations"),
        ("identity_providers: [x], deny: {identity_providers: [x]}", "deny.identity_providers"),
        ("identity_providers: [x], acr: [{identity_providers: [y], values: [z]}]", "acr"),
    ] {
        let problems = problems(access, ALL);
        assert_eq!(problems.len(), 1, "{access}: {problems:?}");
        assert!(problems[0].starts_with(&format!("oauth2.access.{key}: ")), "{access}: {problems:?}");
        assert!(problems[0].contains(". Fix: "), "{access}: {problems:?}");
    }
    for (access, scope) in [
        ("email_domains: [gouv.fr]", "email"),
        ("emails: [a@gouv.fr]", "email"),
        ("organizations: ['130025265']", "siret"),
        ("identity_providers: [x]", "idp_id"),
        ("roles: [x]", "roles"),
        ("deny: {emails: [a@gouv.fr]}", "email"),
        ("deny: {organizations: ['130025265']}", "siret"),
        ("deny: {identity_providers: [x]}", "idp_id"),
        ("acr: [{identity_providers: [x], values: [y]}]", "idp_id"),
        ("custom: {siret: ['13002526500013']}", "siret"),
    ] {
        let without = problems(access, "openid given_name");
        assert!(
            without.len() == 1 && without[0].contains(&format!("add {scope} to oauth2.scope")),
            "{without:?}"
        );
        assert_eq!(problems(access, ALL), [""; 0], "{access}");
    }
    for fine in [
        "emails: [a@x.fr], email_domains: [gouv.fr], combine: any",
        "organizations: ['130025265'], deny: {organizations: ['13002526500013']}",
        "prepared_only: false",
        "custom: {x: [-1, 2.5, true, '3']}",
    ] {
        assert_eq!(problems(fine, ALL), [""; 0], "{fine}");
    }
    assert_eq!(problems("prepared_only: true", ALL)[0].matches("link_by_email").count(), 2);
    assert_eq!(problems("custom: {custom.direction: [DTNUM, 3, true], acr: x}", ALL), [""; 0]);
}

#[test]
fn access_without_any_rule_and_levels_that_exclude_one_another_are_refused() {
    let folder = Folder::new();
    for (oauth2, key) in [
        ("access: ", "oauth2.access"),
        (
            "scope: openid idp_id\nrequired_acr: [eidas2]\naccess: {acr: [{identity_providers: [x], values: [eidas1]}]}",
            "oauth2.access.acr[0].values",
        ),
    ] {
        let extra = Extra { oauth2, ..Extra::default() };
        let yaml = yaml("http://127.0.0.1:9/api/v2", "http://127.0.0.1:8000", &folder, extra);
        let problems = Document::parse("config.yml", &yaml).and_then(Config::from_document).unwrap_err();
        assert!(problems.to_string().starts_with(&format!("{key}: ")), "{problems}");
    }
}

#[tokio::test]
async fn with_prepared_only_nobody_enters_whose_account_no_operator_prepared() {
    let api = Api::configured("link_by_email: true\naccess: {prepared_only: true}").await;
    let users = |arguments: &[&str]| {
        let (code, _, stderr) = run(api.program().arg("users").args(arguments));
        assert_eq!(code, 0, "{arguments:?}: {stderr}");
    };
    assert_eq!(outcome(&api).await, "access_refused&reason=not_prepared");
    assert_eq!(api.count("users").await, 0);
    users(&["prepare", "someone.else@example.gouv.fr"]);
    assert_eq!(outcome(&api).await, "access_refused&reason=not_prepared");
    users(&["prepare", "Camille.Martin@example.GOUV.fr"]);
    assert_eq!(outcome(&api).await, "", "the login takes over the prepared account");
    assert_eq!(outcome(&api).await, "", "and so it stays");
    assert_eq!(api.count("users").await, 2);
    // Somebody else with that address has another subject, and no account was prepared for that.
    api.provider.script().sub = "another-subject";
    assert_eq!(outcome(&api).await, "access_refused&reason=not_prepared");
    // Disabled comes first.
    api.execute("UPDATE users SET disabled = 1, prepared = 0").await;
    api.provider.script().sub = Script::default().sub;
    assert_eq!(outcome(&api).await, "account_disabled");
}

#[tokio::test]
async fn an_account_that_is_there_can_be_confirmed() {
    let mut api = Api::configured("link_by_email: true").await;
    assert_eq!(outcome(&api).await, "");
    api.execute("UPDATE users SET prepared = 0").await;
    let oauth2 = "link_by_email: true\naccess: {prepared_only: true}";
    api.base = api.replica(Extra { oauth2, ..Extra::default() }).await;
    assert_eq!(outcome(&api).await, "access_refused&reason=not_prepared");
    let prepare = || run(api.program().args(["users", "prepare", "camille.martin@EXAMPLE.gouv.fr"]));
    let (code, stdout, _) = prepare();
    assert_eq!((code, stdout.as_str()), (0, "Account 1 is confirmed, with the role Freemium.\n"));
    assert_eq!(outcome(&api).await, "");
    assert_eq!(api.count("users").await, 1);
    assert_eq!(api.count("audit WHERE event = 'user.prepared' AND actor_kind = 'operator'").await, 1);
    assert_eq!(prepare().0, 0, "once more changes nothing");
    assert_eq!(api.count("audit WHERE event = 'user.prepared'").await, 1);
    api.execute("UPDATE users SET sub = 'x'").await;
    assert_eq!(outcome(&api).await, "access_refused&reason=not_prepared");
}

#[tokio::test]
async fn of_any_rule_to_be_prepared_is_one() {
    let rules = "link_by_email: true\naccess: {combine: any, prepared_only: true, email_domains: [gouv.fr]}";
    let api = Api::configured(rules).await;
    assert_eq!(outcome(&api).await, "access_refused&reason=email_domain");
    assert_eq!(run(api.program().args(["users", "prepare", "camille.martin@example.gouv.fr"])).0, 0);
    assert_eq!(outcome(&api).await, "");
    api.provider.script().sub = "another-subject";
    api.provider.script().person["email"] = json!("chef@gouv.fr");
    assert_eq!(outcome(&api).await, "", "of the domain, without being prepared");
}

#[test]
fn the_command_says_which_rules_a_person_meets_and_exits_accordingly() {
    let folder = Folder::new();
    let oauth2 = "access: {email_domains: [example.fr], organizations: ['130025265']}";
    let extra = Extra { oauth2, ..Extra::default() };
    folder.write("config.yml", &yaml("http://127.0.0.1:9/api/v2", "http://127.0.0.1:8000", &folder, extra));
    let check = |arguments: &[&str]| run(program(folder.path()).args(["access", "check"]).args(arguments));
    let (code, stdout, _) = check(&["--email", "a@example.fr", "--siret", "13002526500013"]);
    assert_eq!(code, 0);
    assert_eq!(stdout, "rule           holds\nemail_domains  yes\norganizations  yes\nThey may enter.\n");
    let (code, stdout, stderr) = check(&["--email", "a@example.fr", "--json"]);
    assert_eq!((code, stderr.as_str()), (3, "refused: organization\n"));
    assert_eq!(
        serde_json::from_str::<Value>(&stdout).unwrap(),
        json!({
            "enters": false, "reason": "organization",
            "rules": [{"rule": "email_domains", "held": true}, {"rule": "organizations", "held": false}],
        })
    );
    assert!(!folder.join("test.db").exists(), "it asks no database");
    assert_eq!(check(&["--unknown"]).0, 2);
}
