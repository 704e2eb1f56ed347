//! `/history`: the history of an account.

use contract::AccessReason;
use playground::notice::Notice;
use playground::text::Lang;
use serde_json::{Value, json};

use crate::support::{Answer, Playground, assert_contains, with};

fn event(id: i64, name: &str, reason: Option<&str>) -> Value {
    json!({
        "object": "event", "id": id, "at": "2026-11-24T08:11:00Z", "event": name, "outcome": "success",
        "reason": reason, "token_id": 7, "client": "192.0.2.7", "details": null
    })
}

fn list(events: &[Value]) -> Answer {
    Answer::Json(json!({ "object": "list", "data": events }))
}

const FIRST: &str = "GET /v1/me/history?limit=50";

#[tokio::test]
async fn each_event_is_shown_in_words_with_its_time_address_and_subject() {
    let mut unknown = event(1, "user.<b>teleported", None);
    unknown["client"] = Value::Null;
    unknown["token_id"] = Value::Null;
    let events = [
        event(4, "key.created", None),
        event(3, "session.ended", Some("login")),
        event(2, "login.success", None),
        unknown,
    ];
    let mut browser = with(vec![(FIRST, list(&events))]).await.logged_in().await;
    let page = browser.get("/history").await;
    assert_eq!(page.status, 200);
    assert_contains(
        &page,
        &[
            "<a href=\"/history\" aria-current=\"page\">Journal</a>",
            "Clé créée",
            "Session fermée",
            "par une nouvelle connexion",
            "Connexion",
            "24 novembre 2026 à 9\u{a0}h\u{a0}11",
            "192.0.2.7",
            "adresse inconnue",
            "<code>user.&lt;b&gt;teleported</code>",
        ],
    );
    assert!(page.html.contains("clé") && page.html.contains("session"));
    assert!(!page.html.contains("plus anciens"), "there are no more");
    browser.language = "en";
    let page = browser.get("/history").await;
    assert_contains(&page, &["Key created", "Session ended", "by another login", "unknown address"]);
}

/// The events of the record, in the words of both languages.
const EVENTS: [(&str, &str, &str); 24] = [
    ("login.success", "Connexion", "Login"),
    ("login.refused", "Connexion refusée", "Login refused"),
    ("login.failed", "Connexion échouée", "Login failed"),
    ("logout", "Déconnexion", "Logout"),
    ("session.ended", "Session fermée", "Session ended"),
    ("session.expired", "Session expirée", "Session expired"),
    ("key.created", "Clé créée", "Key created"),
    ("key.renamed", "Clé renommée", "Key renamed"),
    ("key.rotated", "Clé remplacée", "Key replaced"),
    ("key.revoked", "Clé révoquée", "Key revoked"),
    ("key.expired", "Clé expirée", "Key expired"),
    ("user.created", "Compte créé", "Account created"),
    ("user.linked", "Compte préparé repris", "Prepared account taken over"),
    ("user.prepared", "Compte confirmé", "Account confirmed"),
    ("user.possible_duplicate", "Autre compte avec la même adresse", "Another account with the same address"),
    ("user.role_changed", "Rôle modifié", "Role changed"),
    ("user.disabled", "Compte désactivé", "Account disabled"),
    ("user.enabled", "Compte réactivé", "Account enabled"),
    ("user.merged", "Comptes réunis", "Accounts merged"),
    ("user.exported", "Données remises", "Data handed over"),
    ("user.deleted", "Compte supprimé", "Account deleted"),
    ("role.changed", "Droits d’un rôle modifiés", "Permissions of a role changed"),
    ("access.changed", "Conditions d’accès modifiées", "Conditions of access changed"),
    ("audit.pruned", "Événements anciens effacés", "Old events removed"),
];

/// What the page shows of one event, in a language: the row of the table, without its tags.
async fn row(language: &'static str, event: Value) -> String {
    let mut browser = with(vec![(FIRST, list(&[event]))]).await.logged_in().await;
    browser.language = language;
    let page = browser.get("/history").await;
    assert_eq!(page.status, 200);
    let body = page.html.split_once("<tbody").unwrap().1.split_once("</tbody>").unwrap().0;
    let texts = body.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text.trim());
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn every_event_that_the_api_records_has_words_in_both_languages() {
    for (name, fr, en) in EVENTS {
        let (subject_fr, subject_en) = match name.split_once('.').map_or(name, |(family, _)| family) {
            "key" => ("clé 7", "key 7"),
            "user" => ("compte", "account"),
            "login" | "logout" | "session" => ("session 7", "session 7"),
            _ => ("–", "–"),
        };
        for (language, words, subject) in [("fr", fr, subject_fr), ("en", en, subject_en)] {
            let row = row(language, event(1, name, None)).await;
            assert!(row.contains(&format!(" {words} {subject} 192.0.2.7")), "{name} {language}: {row}");
        }
    }
}

#[tokio::test]
async fn every_reason_for_an_end_has_words_in_both_languages() {
    for (reason, fr, en) in [
        ("owner", "par vous", "by you"),
        ("holder", "par qui détenait le jeton", "by whoever held the token"),
        ("operator", "par l’administration du service", "by an operator of the service"),
        ("login", "par une nouvelle connexion", "by another login"),
        ("logout", "à la déconnexion", "at the logout"),
        ("disabled", "car le compte a été désactivé", "because the account was disabled"),
        ("rotated", "car elle a été remplacée", "because it was replaced"),
        ("leaked", "car le jeton a été divulgué", "because the token was leaked"),
        ("access", "car les conditions d’accès ont changé", "because the conditions of access changed"),
    ] {
        for (language, words) in [("fr", fr), ("en", en)] {
            let row = row(language, event(1, "key.revoked", Some(reason))).await;
            assert!(row.contains(words), "{reason} {language}: {row}");
        }
    }
    // A word of a later version is not shown: it is no word for people.
    assert!(!row("fr", event(1, "key.revoked", Some("<b>moon"))).await.contains("moon"));
}

#[tokio::test]
async fn a_login_that_came_to_nothing_says_why_in_the_words_of_its_refusal() {
    for (name, codes) in [
        ("login.refused", &["access_denied", "acr_not_met", "not_allowed", "account_disabled"][..]),
        (
            "login.failed",
            &["login_expired", "provider_error", "provider_unavailable", "configuration", "internal"],
        ),
    ] {
        for code in codes {
            let expected = Notice::from_login_error(code);
            for (language, lang) in [("fr", Lang::Fr), ("en", Lang::En)] {
                let row = row(language, event(1, name, Some(code))).await;
                assert!(row.contains(expected.message(lang)), "{code} {language}: {row}");
            }
        }
    }
    for rule in AccessReason::ALL {
        let row = row("fr", event(1, "login.refused", Some(rule.as_str()))).await;
        assert!(row.contains(Notice::Rule(*rule).message(Lang::Fr)), "{rule:?}: {row}");
    }
}

#[tokio::test]
async fn details_say_what_changed_and_their_markup_stays_text() {
    let detailed = |name: &str, details: Value| {
        let mut event = event(1, name, None);
        event["details"] = details;
        event
    };
    let role = detailed("user.role_changed", json!({ "from": "Freemium", "to": "<script>x</script>\"&" }));
    assert!(row("fr", role.clone()).await.contains("de Freemium à &lt;script&gt;x&lt;/script&gt;"));
    assert!(row("en", role).await.contains("from Freemium to &lt;script&gt;"));
    let replaced = detailed("key.rotated", json!({ "replaced_by": 12 }));
    assert!(row("fr", replaced).await.contains("Clé remplacée par la clé 12"));
    // Details that nobody expects are left out, whatever they hold.
    for (name, details) in [
        ("key.rotated", json!({ "replaced_by": "<img src=x>" })),
        ("user.role_changed", json!({ "from": { "<img src=x>": 1 }, "to": "<img src=x>" })),
        ("login.success", json!({ "<img src=x>": "<img src=x>" })),
        ("user.<img src=x>", json!({ "x": ["<img src=x>"] })),
    ] {
        let mut browser = with(vec![(FIRST, list(&[detailed(name, details)]))]).await.logged_in().await;
        let page = browser.get("/history").await;
        assert!(page.status == 200 && !page.html.contains("<img"), "{name}: {}", page.html);
    }
}

#[tokio::test]
async fn older_events_are_on_the_next_page() {
    let events: Vec<Value> = (51..=100).rev().map(|id| event(id, "login.success", None)).collect();
    let older = ("GET /v1/me/history?limit=50&before=51", list(&[event(50, "logout", None)]));
    let mut browser = with(vec![(FIRST, list(&events)), older]).await.logged_in().await;
    let page = browser.get("/history").await;
    assert!(page.html.contains("href=\"/history?before=51\""), "{}", page.html);
    let page = browser.get("/history?before=51").await;
    assert_contains(&page, &["Déconnexion", "Revenir aux plus récents"]);
    assert!(!page.html.contains("plus anciens"));
    // A value that is not an event's id shows the newest events.
    for query in ["?before=x", "?before=0", "?before=-1", "?other=1"] {
        assert!(browser.get(&format!("/history{query}")).await.html.contains("before=51"), "{query}");
    }
}

#[tokio::test]
async fn without_events_a_session_or_an_api_the_page_says_so() {
    let mut browser = with(vec![(FIRST, list(&[]))]).await.logged_in().await;
    assert!(browser.get("/history").await.html.contains("Aucun événement."));
    let page = Playground::start().await.browser().get("/history").await;
    assert_eq!(page.status, 200);
    assert!(
        page.html.contains("/login?return_to=/history") || page.html.contains("/login?return_to=%2Fhistory")
    );
    let mut browser = with(vec![(FIRST, Answer::Status(503))]).await.logged_in().await;
    let page = browser.get("/history").await;
    assert_eq!(page.status, 503);
    assert!(browser.has_session());
    let mut browser = with(vec![(FIRST, Answer::Status(401))]).await.logged_in().await;
    let page = browser.get("/history").await;
    assert!(page.role("status").unwrap().contains("Votre session a pris fin."), "{}", page.html);
}
