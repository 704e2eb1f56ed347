//! `sslmode` of a PostgreSQL URL is applied, and a server that cannot prove its identity is refused.

use std::error::Error as _;
use std::fs;
use std::path::Path;

use accounts::{Database, Error, PoolLimits};

use test_programs::postgres::{Postgres, as_somebody, run};

use crate::suite::parsed;

/// Accepts every connection through the socket, and other connections only with TLS.
const HBA: &str = "local all all trust\nhostssl all all 127.0.0.1/32 trust\n";

/// Makes an authority, and a certificate that it issued to `localhost`.
fn make_certificates(folder: &Path) {
    let openssl = |arguments: &str| {
        run(as_somebody(Path::new("openssl")).args(arguments.split(' ')).current_dir(folder));
    };
    openssl("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 1 -subj /CN=authority");
    openssl(
        "req -newkey rsa:2048 -nodes -keyout server.key -out server.csr -subj /CN=localhost -addext subjectAltName=DNS:localhost",
    );
    openssl(
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out server.pem -days 1 -copy_extensions copy",
    );
}

fn with_tls(folder: &Path) -> Vec<String> {
    make_certificates(folder);
    fs::write(folder.join("data/pg_hba.conf"), HBA).unwrap();
    let file = |setting, name| format!("{setting}={}", folder.join(name).display());
    vec![
        "listen_addresses=127.0.0.1".to_owned(),
        "ssl=on".to_owned(),
        file("ssl_cert_file", "server.pem"),
        file("ssl_key_file", "server.key"),
    ]
}

#[tokio::test]
async fn sslmode_decides_which_servers_are_trusted() {
    let Some(server) = Postgres::prepared(with_tls) else { return };
    let _ = server.database("accounts");
    let authority = format!("&sslrootcert={}", server.folder.join("ca.pem").display());
    let open = async |host: &str, mode: &str, authority: &str| {
        let url = format!("postgres://api@{host}:{}/accounts?sslmode={mode}{authority}", server.port);
        Database::open(&parsed(&url.into()), PoolLimits::default()).await.map(|_| ())
    };
    for (host, mode) in [
        ("127.0.0.1", "prefer"),
        ("127.0.0.1", "require"),
        ("127.0.0.1", "verify-ca"),
        ("localhost", "verify-ca"),
        ("localhost", "verify-full"),
    ] {
        open(host, mode, &authority).await.unwrap_or_else(|error| panic!("{host} {mode}: {error}"));
    }
    for (host, mode, authority, reason) in [
        // This machine does not know the authority.
        ("localhost", "verify-full", "", "UnknownIssuer"),
        ("localhost", "verify-ca", "", "UnknownIssuer"),
        // The certificate belongs to another host.
        ("127.0.0.1", "verify-full", &*authority, "not valid for name"),
        ("localhost", "disable", "", "no encryption"),
    ] {
        let error = open(host, mode, authority).await.unwrap_err();
        assert!(matches!(error, Error::Open { .. }), "{host} {mode}: {error:?}");
        let told = format!("{error}: {:?}", error.source());
        assert!(told.contains(reason) && told.contains("Fix: "), "{host} {mode}: {told}");
    }
}

#[tokio::test]
async fn a_server_without_tls_is_refused_when_sslmode_requires_tls() {
    let Some(server) = Postgres::prepared(|_| vec!["listen_addresses=127.0.0.1".to_owned()]) else { return };
    let _ = server.database("accounts");
    for (mode, is_let_in) in [("prefer", true), ("require", false), ("verify-full", false)] {
        let url = format!("postgres://api@127.0.0.1:{}/accounts?sslmode={mode}", server.port);
        let opened = Database::open(&parsed(&url.into()), PoolLimits::default()).await;
        assert_eq!(opened.is_ok(), is_let_in, "{mode}");
    }
}
