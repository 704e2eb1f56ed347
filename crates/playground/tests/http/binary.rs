//! The program `playground`: its command line, its start and its end.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Output;
use std::time::{Duration, Instant};

use crate::support::program::{browser_of, program, serve};
use crate::support::{KEY, Playground, sealed, site};

fn config(name: &str, content: &str) -> PathBuf {
    let path = site().join(name);
    fs::write(&path, content).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path
}

fn good(extra: &str) -> String {
    format!(
        "playground:\n  api_url: http://127.0.0.1:9\n  oauth2_encryption_key: {KEY}\n  \
         listen: 127.0.0.1:0\n  site_root: {}\n{extra}",
        site().display()
    )
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = program().args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

#[test]
fn help_and_version_succeed_and_an_unknown_flag_does_not() {
    assert_eq!(run(&["--help"]).0, 0);
    let (code, stdout, _) = run(&["--version"]);
    assert_eq!((code, stdout.trim()), (0, concat!("playground ", env!("CARGO_PKG_VERSION"))));
    assert_eq!(run(&["--unknown"]).0, 2);
    assert_eq!(run(&["unknown"]).0, 2);
}

#[test]
fn a_configuration_can_be_checked_without_starting() {
    let path = config("good.yml", &good(""));
    let (code, stdout, stderr) = run(&["check-config", "--config", path.to_str().unwrap()]);
    assert_eq!(
        (code, stdout.as_str()),
        (0, "The configuration is valid, and the site's files are there.\n"),
        "{stderr}"
    );
    let by_variable = program().arg("check-config").env("CONFIG_FILE", &path).output().unwrap();
    assert!(by_variable.status.success());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let (code, _, stderr) = run(&["check-config", "--config", path.to_str().unwrap()]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("good.yml can be read by every user of this machine (mode 0644)"), "{stderr}");
}

#[test]
fn all_problems_of_a_configuration_are_reported_at_once() {
    let path = config("bad.yml", "playground:\n  public_url: nowhere\n  colour: blue\n");
    let (code, stdout, stderr) = run(&["--config", path.to_str().unwrap()]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    for key in ["api_url", "oauth2_encryption_key", "public_url", "colour"] {
        assert!(stderr.contains(&format!("playground.{key}: ")), "{key} is not in {stderr}");
    }
    assert_eq!(run(&["--config", "/nowhere/config.yml"]).0, 2);
}

#[test]
fn a_file_in_which_no_login_can_succeed_is_refused() {
    use crate::support::OTHER_KEY;
    let oauth2 = |key: &str, host: &str| {
        format!("oauth2:\n  encryption_key: {key}\n  redirect_uri: http://{host}/v1/oauth2/callback\n")
    };
    for (extra, path) in [
        (oauth2(OTHER_KEY, "127.0.0.1:9"), "playground.oauth2_encryption_key: has no key in common"),
        (oauth2(KEY, "localhost:9"), "playground.api_public_url: is on another host"),
        (oauth2(KEY, "127.0.0.1:9"), ""),
    ] {
        let path_of_file = config("between.yml", &good(&extra));
        let (code, stdout, stderr) = run(&["check-config", "--config", path_of_file.to_str().unwrap()]);
        if path.is_empty() {
            assert_eq!((code, stderr.as_str()), (0, ""));
        } else {
            assert_eq!((code, stdout.as_str()), (2, ""), "{extra}: {stderr}");
            assert!(stderr.starts_with(path) && stderr.contains(". Fix: "), "{stderr}");
        }
    }
}

#[test]
fn an_incomplete_site_is_reported_with_its_fix() {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("broken-{}", std::process::id()));
    let pkg = root.join("pkg");
    let yaml = good("").replace(&site().display().to_string(), &root.display().to_string());
    let path = config("broken.yml", &yaml);
    let start = || {
        let (code, _, stderr) = run(&["--config", path.to_str().unwrap()]);
        assert_eq!(code, 2, "{stderr}");
        assert!(stderr.contains("Fix: ") && stderr.contains(root.to_str().unwrap()), "{stderr}");
        stderr
    };
    assert!(start().contains("in none of the usual places"));
    fs::create_dir_all(&pkg).unwrap();
    assert!(start().contains("hash.txt"));
    fs::write(root.join("hash.txt"), "js: A\nwasm: B\n").unwrap();
    assert!(start().contains("playground.A.js"));
    fs::write(pkg.join("playground.A.js"), "").unwrap();
    assert!(start().contains("playground.B.wasm"));
    fs::write(pkg.join("playground.B.wasm"), "").unwrap();
    assert!(start().contains("no line for css"));
}

#[test]
fn a_logo_that_cannot_be_shown_is_reported_with_its_fix() {
    let path = config("logo.yml", &good("  proconnect_logo: /nowhere/logo.svg\n"));
    let (code, _, stderr) = run(&["check-config", "--config", path.to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(stderr.starts_with("playground.proconnect_logo: ") && stderr.contains("Fix: "), "{stderr}");
}

#[test]
fn an_address_in_use_is_reported() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let yaml = good("").replace("127.0.0.1:0", &taken.local_addr().unwrap().to_string());
    let path = config("taken.yml", &yaml);
    let (code, _, stderr) = run(&["--config", path.to_str().unwrap()]);
    assert_eq!(code, 1);
    assert_eq!(stderr.matches("cannot listen on 127.0.0.1:").count(), 1, "{stderr}");
    assert!(stderr.contains("Fix: stop the program that uses it"), "{stderr}");
}

#[tokio::test]
async fn it_prints_when_it_is_ready_stops_on_a_signal_and_logs_no_secret() {
    let path = config("running.yml", &good(""));
    let serving = serve(&path);
    let mut browser = browser_of(&serving);
    let binding = browser.begin_login("/login?return_to=/secret-path").await;
    let envelope = sealed(Some(&binding));
    browser.land(&envelope).await;
    assert!(browser.has_session());
    let session = browser.cookies["playground_session"].clone();
    assert_eq!(browser.get("/?who=camille.martin@example.gouv.fr").await.status, 503);
    browser.land(&envelope).await;
    browser.get("/camille.martin@example.gouv.fr").await;
    browser.get("/?login_error=camille.martin").await;
    browser.post("/logout").await;
    browser.get("/logged-out?state=the-state").await;

    let stopped = Instant::now();
    let (code, log) = serving.stop("TERM");
    assert_eq!(code, Some(0), "{log}");
    assert!(stopped.elapsed() < Duration::from_secs(5));
    assert!(log.contains("logged in") && log.contains("an envelope was refused"), "{log}");
    for secret in [
        KEY,
        crate::support::APP_TOKEN,
        crate::support::ID_TOKEN,
        &envelope[..40],
        &session[10..50],
        &binding,
        "camille.martin",
        "secret-path",
        "the-state",
    ] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
}

#[tokio::test]
async fn during_the_drain_it_answers_but_is_not_ready() {
    let path = config("draining.yml", &good("  drain: 1s\n"));
    let serving = serve(&path);
    assert_eq!(browser_of(&serving).get("/health/ready").await.status, 200);
    serving.signal("TERM");
    let ready = loop {
        let ready = browser_of(&serving).get("/health/ready").await;
        if ready.status != 200 {
            break ready;
        }
    };
    assert_eq!(ready.status, 503);
    assert!(ready.html.starts_with(r#"{"status":"draining","#), "{}", ready.html);
    assert_eq!(browser_of(&serving).get("/health/live").await.status, 200);
    let page = browser_of(&serving).get("/").await;
    assert_eq!((page.status, page.header("connection")), (200, "close"));
    let (code, log) = serving.ended();
    assert_eq!(code, Some(0), "{log}");
}

#[tokio::test]
async fn another_process_continues_a_login_and_a_session() {
    let (first, second) = (Playground::start().await, Playground::start().await);
    let mut browser = first.browser();
    let binding = browser.begin_login("/login").await;
    let mut later = second.browser();
    later.cookies = browser.cookies;
    later.land(&sealed(Some(&binding))).await;
    assert!(later.has_session());
    let mut back = first.browser();
    back.cookies = later.cookies;
    assert!(back.get("/").await.html.contains("Camille Martin"));
}
