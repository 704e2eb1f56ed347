//! The frame of every page: header, footer, and the choice of the language.

use crate::support::Playground;

const LINKS: &str = "links: {legal_notice: https://example.gouv.fr/mentions, privacy: https://example.gouv.fr/donnees, \
    accessibility: https://example.gouv.fr/accessibilite, status: https://example.gouv.fr/etat}";
const OURS: [(&str, &str); 2] = [("origin", "http://localhost:3000"), ("sec-fetch-site", "same-origin")];

#[tokio::test]
async fn the_footer_has_the_links_that_the_law_requires() {
    let playground = Playground::configured(&format!("{LINKS}\naccessibility: partial")).await;
    let mut logged_in = playground.logged_in().await;
    for page in [
        logged_in.get("/").await,
        logged_in.get("/nowhere").await,
        playground.browser().get("/").await,
        playground.browser().get("/logged-out").await,
    ] {
        for (path, words) in [
            ("mentions", "Mentions légales"),
            ("donnees", "Données personnelles"),
            ("accessibilite", "Accessibilité\u{a0}: partiellement conforme"),
            ("etat", "État du service"),
        ] {
            let link = format!("<a href=\"https://example.gouv.fr/{path}\">{words}</a>");
            assert!(page.html.contains(&link), "{link} is not in {}", page.html);
        }
    }
}

#[tokio::test]
async fn the_accessibility_status_is_shown_without_a_link_too() {
    for (key, words) in [
        ("", "Accessibilité\u{a0}: non conforme"),
        ("accessibility: none", "Accessibilité\u{a0}: non conforme"),
        ("accessibility: full", "Accessibilité\u{a0}: totalement conforme"),
    ] {
        let page = Playground::configured(key).await.browser().get("/").await;
        assert!(page.html.contains(&format!("<li>{words}</li>")), "{words} is not in {}", page.html);
        assert!(!page.html.contains("Mentions légales"));
    }
}

#[tokio::test]
async fn an_announcement_is_shown_above_the_button() {
    let playground = Playground::configured("announce: \"Arrêt <lundi> à 8 h\"").await;
    let page = playground.browser().get("/").await;
    let (before, after) = page.html.split_once("Arrêt &lt;lundi&gt; à 8 h").expect("no announcement");
    assert!(before.contains("<h1>Connexion à Passerelle</h1>") && after.contains("href=\"/login\""));
}

#[tokio::test]
async fn after_a_failure_the_page_links_to_help() {
    for (keys, href) in [
        ("contact: aide@example.gouv.fr", "mailto:aide@example.gouv.fr"),
        ("contact: aide@example.gouv.fr\nhelp: https://example.gouv.fr/aide", "https://example.gouv.fr/aide"),
    ] {
        let playground = Playground::configured(keys).await;
        let mut browser = playground.browser();
        browser.get("/?login_error=not_allowed").await;
        for page in [browser.get("/").await, playground.browser().get("/cookies").await] {
            let (_, notice) = page.html.split_once("role=\"alert\"").unwrap();
            let notice = notice.split("</div>").next().unwrap();
            assert!(notice.contains(&format!("href=\"{href}\"")), "{href} is not in {notice}");
        }
    }
}

#[tokio::test]
async fn the_login_page_names_the_requested_data() {
    let page = Playground::start().await.browser().get("/").await;
    for datum in [
        "votre prénom et votre nom",
        "votre adresse électronique",
        "le nom de votre organisation",
        "son numéro SIRET",
        "sa catégorie de service public",
        "votre identifiant ProConnect",
    ] {
        assert!(page.html.contains(datum), "{datum} is not in {}", page.html);
    }
    assert!(!page.html.contains("son fournisseur d’identité"));
}

#[tokio::test]
async fn the_chosen_language_is_remembered() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    let page = browser.get("/").await;
    assert!(page.html.contains("<form method=\"post\" action=\"/language\" lang=\"en\" class=\"language\">"));

    let headers = [OURS[0], OURS[1], ("referer", "http://localhost:3000/logged-out")];
    let chosen = browser.post_form("/language", &headers, "language=en").await;
    assert_eq!((chosen.status, chosen.location()), (303, "/logged-out"));
    let cookie = chosen.set_cookie("playground_language");
    for attribute in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=31536000"] {
        assert!(cookie.contains(attribute), "{attribute} is not in {cookie}");
    }
    for path in ["/", "/logged-out", "/nowhere"] {
        let page = browser.get(path).await;
        assert!(page.html.contains("<html lang=\"en\">"), "{path}");
        assert!(page.html.contains(">Français</button>"));
    }
    browser.post_form("/language", &OURS, "language=fr").await;
    browser.language = "en";
    assert!(browser.get("/").await.html.contains("<html lang=\"fr\">"));
}

#[tokio::test]
async fn a_message_is_translated_when_the_language_changes() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    browser.get("/?login_error=account_disabled").await;
    let page = browser.get("/").await;
    assert!(page.html.contains("<input type=\"hidden\" name=\"notice\" value=\"account_disabled\">"));
    browser.post_form("/language", &OURS, "notice=account_disabled&language=en").await;
    browser.get("/").await.assert_alert("Your account is disabled on this service.");
}

#[tokio::test]
async fn other_sites_cannot_change_the_language_or_its_return_path() {
    let playground = Playground::start().await;
    let mut browser = playground.browser();
    for headers in [
        [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
        [("origin", "null"), ("sec-fetch-site", "cross-site")],
    ] {
        assert_eq!(browser.post_form("/language", &headers, "language=en").await.status, 403);
    }
    assert_eq!(browser.get("/language?language=en").await.status, 405);
    assert!(browser.cookies.is_empty());
    for (referer, form) in [
        ("https://evil.example//evil.example/", "language=en"),
        ("http://localhost:3000/?encrypted_token=x", "language=de&notice=<script>"),
        ("javascript:alert(1)", "language=en&language=fr"),
        ("nonsense", "%ff"),
    ] {
        let headers = [OURS[0], OURS[1], ("referer", referer)];
        let page = browser.post_form("/language", &headers, form).await;
        assert_eq!((page.status, page.location()), (303, "/"), "{referer}");
    }
}

#[tokio::test]
async fn a_logged_in_person_finds_their_name_and_the_logout_first() {
    let playground = Playground::start().await;
    let page = playground.logged_in().await.get("/").await;
    let (header, rest) = page.html.split_once("</header>").unwrap();
    assert!(header.contains("Camille Martin") && header.contains("action=\"/logout\""), "{header}");
    assert!(header.contains("<a href=\"/\" aria-current=\"page\">Mon compte</a>"), "{header}");
    assert_eq!(rest.matches("action=\"/logout\"").count(), 0, "one way out is enough");
    let page = playground.browser().get("/").await;
    assert!(!page.html.contains("<nav") && !page.html.contains("action=\"/logout\""), "{}", page.html);
}
