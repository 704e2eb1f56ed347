//! SIGHUP reads the keys again while people log in, are logged in and log out.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use test_programs::Serving;

use crate::support::program::{browser_of, serve};
use crate::support::{Answers, Browser, KEY, OTHER_KEY, Page, envelope, keys, now, site, start_api};

const TAKEN: &str = "was read again and taken over";
const REFUSED: &str = "was read again and refused: what is in use stays in use";
const LOGINS: usize = 8;

/// A playground whose keys are in a file beside its configuration, and its api.
struct Service {
    serving: Serving,
    config: PathBuf,
    keys: PathBuf,
    calls: crate::support::Calls,
}

impl Service {
    async fn start(name: &str) -> Self {
        let (api_url, calls) = start_api(Answers::default()).await;
        let folder = site().join(name);
        fs::create_dir_all(&folder).unwrap();
        let (config, keys) = (folder.join("config.yml"), folder.join("keys"));
        fs::write(&keys, KEY).unwrap();
        let yaml = format!(
            "playground:\n  api_url: {api_url}\n  listen: 127.0.0.1:0\n  site_root: {}\n  \
             oauth2_encryption_key_file: {}\n",
            site().display(),
            keys.display()
        );
        fs::write(&config, yaml).unwrap();
        Self { serving: serve(&config), config, keys, calls }
    }

    /// Writes these keys into the file, and makes the playground read it.
    fn rotate(&self, keys: &[&str]) {
        fs::write(&self.keys, keys.join("\n") + "\n").unwrap();
        let said = self.serving.reload();
        assert!(said.contains("playground.oauth2_encryption_key") && said.contains(TAKEN), "{said}");
        assert!(!said.contains("WARN"), "{said}");
    }

    /// Browsers that have begun a login, each with the envelope that the api seals for it with this key.
    async fn begun(&self, key: &str) -> Vec<(Browser, String)> {
        let mut logins = Vec::new();
        for _ in 0..LOGINS {
            let mut browser = browser_of(&self.serving);
            let binding = browser.begin_login("/login").await;
            logins.push((browser, envelope(Some(&binding)).seal(&keys(&[key]), now())));
        }
        logins
    }

    /// Logs out up to ProConnect; returns where it sends the browser back to.
    async fn log_out(&self, browser: &mut Browser) -> String {
        assert_eq!(browser.post("/logout").await.status, 200);
        let body: Value = serde_json::from_str(&self.calls.lock().unwrap().last().unwrap().body).unwrap();
        format!("/logged-out?state={}", body["state"].as_str().unwrap())
    }
}

/// Finishes the logins, which must all succeed.
async fn finish(logins: Vec<(Browser, String)>) -> Vec<Browser> {
    let mut browsers = Vec::new();
    for (mut browser, envelope) in logins {
        let landed = browser.land(&envelope).await;
        assert_eq!((landed.status, landed.location()), (303, "/"));
        assert_logged_in(&mut browser).await;
        browsers.push(browser);
    }
    browsers
}

async fn assert_logged_in(browser: &mut Browser) -> Page {
    let page = browser.get("/").await;
    assert!(page.html.contains("Camille Martin"), "{}", page.html);
    page
}

/// As in the documentation: the new key is added, then comes first, then the old one is removed.
#[tokio::test]
async fn keys_are_rotated_and_nobody_is_logged_out() {
    let service = Service::start("rotated").await;
    let mut people = finish(service.begun(KEY).await).await;
    let mut absent = people.pop().unwrap();

    // The api may change first or last: until then, envelopes are sealed with either key.
    let begun = [service.begun(KEY).await, service.begun(KEY).await];
    let [before, between] = begun;
    service.rotate(&[KEY, OTHER_KEY]);
    people.extend(finish(before).await);
    people.extend(finish(service.begun(OTHER_KEY).await).await);
    for browser in &mut people {
        assert!(!assert_logged_in(browser).await.headers.contains_key("set-cookie"));
    }

    let mut leaving = people.pop().unwrap();
    let back = service.log_out(&mut leaving).await;
    let before = service.begun(OTHER_KEY).await;
    service.rotate(&[OTHER_KEY, KEY]);
    people.extend(finish(between).await);
    people.extend(finish(before).await);
    let left = leaving.back_from_proconnect(&back).await;
    assert!(left.role("status").unwrap().contains("Vous êtes déconnecté."), "{}", left.html);
    // Each cookie of the old key is sealed again, once, at the next request.
    for browser in &mut people {
        assert_logged_in(browser).await;
        assert!(!assert_logged_in(browser).await.headers.contains_key("set-cookie"));
    }

    let (late, in_time) = (service.begun(KEY).await, service.begun(OTHER_KEY).await);
    service.rotate(&[OTHER_KEY]);
    people.extend(finish(in_time).await);
    for browser in &mut people {
        assert_logged_in(browser).await;
    }
    // A browser that made no request while both keys were configured must log in again.
    let page = absent.get("/").await;
    assert!(page.html.contains("href=\"/login\"") && !page.html.contains("Camille"), "{}", page.html);
    assert!(!absent.has_session());
    for (mut browser, envelope) in late {
        browser.land(&envelope).await;
        browser.get("/").await.assert_alert("La connexion n'a pas pu aboutir. Reconnectez-vous.");
        assert!(!browser.has_session());
    }
    assert!(people.len() > 5 * LOGINS, "{} people", people.len());

    let (code, log) = service.serving.stop("TERM");
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains(KEY) && !log.contains(OTHER_KEY), "{log}");
}

#[tokio::test]
async fn what_cannot_be_read_changes_nothing() {
    let service = Service::start("unreadable").await;
    let good = fs::read_to_string(&service.config).unwrap();
    let mut person = finish(service.begun(KEY).await).await.pop().unwrap();
    let mut refused = async |name: &str| {
        let said = service.serving.reload();
        assert!(said.contains(REFUSED), "{said}");
        assert!(said.lines().any(|line| line.contains("ERROR") && line.contains(name)), "{name}: {said}");
        assert_logged_in(&mut person).await;
        finish(service.begun(KEY).await).await;
    };
    fs::remove_file(&service.keys).unwrap();
    refused("playground.oauth2_encryption_key_file: names a file that cannot be read").await;
    fs::write(&service.keys, "").unwrap();
    refused("playground.oauth2_encryption_key_file: names an empty file").await;
    fs::write(&service.keys, &OTHER_KEY[1..]).unwrap();
    refused("playground.oauth2_encryption_key_file: not a Fernet key").await;
    fs::write(&service.keys, OTHER_KEY).unwrap();
    fs::write(&service.config, format!("{good}  colour: blue\n")).unwrap();
    refused("playground.colour: is not a known key").await;
    fs::write(&service.config, format!("{good}api: {{environment: production}}\n")).unwrap();
    refused("playground.public_url: was left as in config.yml.example").await;
    let elsewhere = good.replace("playground:\n", "playground:\n  public_url: https://app.gouv.fr\n");
    fs::write(&service.config, format!("{elsewhere}api: {{environment: production}}\n")).unwrap();
    refused("api.environment: is not what it was at the start").await;

    fs::write(&service.config, format!("{good}  title: Another\n")).unwrap();
    let said = service.serving.reload();
    let warned = said.lines().any(|line| line.contains("WARN") && line.contains("playground.title"));
    assert!(warned && said.contains(TAKEN), "{said}");
    assert!(!browser_of(&service.serving).get("/").await.html.contains("Another"));
    finish(service.begun(OTHER_KEY).await).await;
}
