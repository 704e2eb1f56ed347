//! What can be known without asking anybody but the system and the database.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use accounts::{Database, Tables};
use jiff::civil::{Date, date};
use rustix::process::{Resource, getrlimit};
use service::settings::{Warning, on_another_host};

use super::Both;
use super::finding::Finding;
use crate::cli::check_config::not_allowed;
use crate::cli::exit::told;
use crate::config::Config;

/// The pages that the law asks of an administration's site.
pub(super) const LINKS: [&str; 3] = ["legal_notice", "privacy", "accessibility"];
/// Fewer open files than this are few for a service that a ministry uses.
const FEW_FILES: u64 = 4_096;
/// From this day on ProConnect demands a second factor for sensitive systems (SI à enjeux).
const MFA_FOR_SOME: Date = date(2027, 2, 28);
/// And from this day on for all.
const MFA_FOR_ALL: Date = date(2028, 2, 28);
/// The levels of authentication with a second factor.
const MFA_LEVELS: [&str; 4] = ["eidas0-mfa", "eidas1-mfa", "eidas2", "eidas3"];

pub(super) fn examine(both: &Both, config: &Config, path: &Path) -> Vec<Finding> {
    vec![
        values(config, path),
        file_modes(config),
        keys(both, config),
        access_scopes(config),
        mfa(config),
        trusted_proxies(config),
        hosts(both, config),
        descriptors(),
        audit(config),
        legal_links(both, config),
    ]
}

fn values(config: &Config, path: &Path) -> Finding {
    let is_other = |warning: &&Warning| matches!(warning, Warning::Value { path, .. } if !is_of_audit(path));
    let warnings: Vec<String> =
        config.values.warnings().iter().filter(is_other).map(ToString::to_string).collect();
    if warnings.is_empty() {
        let environment = config.api.environment;
        return Finding::ok("config", format!("{} is valid; environment: {environment}", path.display()));
    }
    Finding::warn("config", warnings.join("; "), "look at these keys in config.yml.example")
}

fn is_of_audit(path: &str) -> bool {
    path.starts_with("api.audit.")
}

fn file_modes(config: &Config) -> Finding {
    let mut open: Vec<(String, u32)> = Vec::new();
    for warning in config.values.warnings() {
        if let Warning::File { path, mode } = warning {
            open.push((path.clone(), *mode));
        }
    }
    if let Some(path) = config.api.database_url.path()
        && let Ok(metadata) = path.metadata()
        && metadata.permissions().mode() & 0o004 != 0
    {
        open.push((path.display().to_string(), metadata.permissions().mode() & 0o7777));
    }
    if open.is_empty() {
        return Finding::ok(
            "file_modes",
            "no other user can read the configuration, the secrets and the database",
        );
    }
    let found: Vec<String> = open.iter().map(|(path, mode)| format!("{path} (mode {mode:04o})")).collect();
    let paths: Vec<&str> = open.iter().map(|(path, _)| path.as_str()).collect();
    Finding::warn(
        "file_modes",
        format!("every user of this machine can read {}", found.join(", ")),
        format!("chmod o-rwx {}", paths.join(" ")),
    )
}

fn keys(both: &Both, config: &Config) -> Finding {
    if let Some(problem) = &both.key_mismatch {
        return Finding::fail("keys", format!("{} {}", problem.path, problem.problem), problem.fix.clone());
    }
    let keys = &config.secrets.keys;
    if keys.has_placeholder() {
        let found = "oauth2.encryption_key is \"changeme\": anybody can forge a login";
        return Finding::warn(
            "keys",
            found,
            "make a key with `api generate-key` and give it to both programs",
        );
    }
    Finding::ok(
        "keys",
        format!("the first key of oauth2.encryption_key has the fingerprint {}", keys.fingerprint()),
    )
}

fn access_scopes(config: &Config) -> Finding {
    // Reading the configuration refuses a rule whose scope is missing.
    let scopes = config.oauth2.provider.scopes.join(" ");
    Finding::ok("access_scopes", format!("the scopes bring every claim that a rule asks for: {scopes}"))
}

fn mfa(config: &Config) -> Finding {
    const DATES: &str = "ProConnect demands a second factor from 28-02-2027 on for sensitive systems (SI à enjeux), and from \
        28-02-2028 on for all";
    let required = &config.oauth2.provider.required_acr;
    if !required.is_empty() && required.iter().all(|level| MFA_LEVELS.contains(&level.as_str())) {
        return Finding::ok("mfa", format!("oauth2.required_acr asks for a second factor; {DATES}"));
    }
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let found = format!("oauth2.required_acr lets people in without a second factor; {DATES}");
    let fix =
        format!("tell the people to set one up, then write oauth2.required_acr: [{}]", MFA_LEVELS.join(", "));
    if today >= MFA_FOR_ALL {
        return Finding::fail("mfa", found, fix);
    }
    let days = MFA_FOR_SOME.since(today).map(|span| span.get_days()).unwrap_or_default();
    let left = if days > 0 { format!(" ({days} days are left)") } else { String::new() };
    Finding::warn("mfa", format!("{found}{left}"), fix)
}

/// The api speaks plain HTTP. When browsers reach it over https, a proxy does that part.
fn trusted_proxies(config: &Config) -> Finding {
    let trusted = &config.api.proxies.trusted;
    if let Some(all) = trusted.iter().find(|network| network.prefix_len() == 0) {
        return Finding::fail(
            "trusted_proxies",
            format!("{all} is every address there is, so anybody may say that they are somebody else"),
            "name only the addresses of your proxies in api.trusted_proxies",
        );
    }
    if !trusted.is_empty() {
        let networks: Vec<String> = trusted.iter().map(ToString::to_string).collect();
        return Finding::ok("trusted_proxies", networks.join(", "));
    }
    let is_behind_a_proxy = config.oauth2.provider.redirect_uri.scheme() == "https";
    if is_behind_a_proxy && !config.api.listen.is_of_this_machine() {
        return Finding::fail(
            "trusted_proxies",
            "a proxy on another machine brings the requests, and none is trusted: everybody has the proxy's address, and \
                shares one rate limit; forward-auth is refused",
            "name the proxy's address in api.trusted_proxies",
        );
    }
    Finding::ok("trusted_proxies", "only programs on this machine may say for whom they ask")
}

fn hosts(both: &Both, config: &Config) -> Finding {
    let problem = both.playground.as_ref().and_then(|url| not_allowed(config, url)).or_else(|| {
        both.api_public.as_ref().and_then(|url| on_another_host(&config.oauth2.provider.redirect_uri, url))
    });
    match (problem, &both.playground) {
        (Some(problem), _) => {
            Finding::fail("hosts", format!("{} {}", problem.path, problem.problem), problem.fix)
        }
        (None, None) => Finding::skipped("hosts", "the file has no section playground"),
        (None, Some(url)) => Finding::ok("hosts", format!("logins of {} can begin and end", url.as_str())),
    }
}

fn descriptors() -> Finding {
    let Some(files) = getrlimit(Resource::Nofile).maximum else {
        return Finding::ok("descriptors", "any number of files and connections may be open");
    };
    let found = format!("{files} files and connections may be open");
    if files < FEW_FILES {
        return Finding::warn(
            "descriptors",
            found,
            "allow more: LimitNOFILE=65536 in the unit, or ulimit -Hn 65536",
        );
    }
    Finding::ok("descriptors", found)
}

fn audit(config: &Config) -> Finding {
    let is_of_it = |warning: &&Warning| matches!(warning, Warning::Value { path, .. } if is_of_audit(path));
    if let Some(warning) = config.values.warnings().iter().find(is_of_it) {
        return Finding::warn(
            "audit",
            warning.to_string(),
            "keep the record for 180d to 365d (CNIL 2021-122)",
        );
    }
    let days = |seconds: i64| seconds / 86_400;
    let audit = &config.api.audit;
    let (keep, addresses) = (days(audit.keep), days(audit.keep_addresses));
    Finding::ok("audit", format!("the record is kept for {keep} days, addresses in it for {addresses}"))
}

fn legal_links(both: &Both, config: &Config) -> Finding {
    let Some(missing) = &both.missing_links else {
        return Finding::skipped("legal_links", "the file has no section playground");
    };
    if missing.is_empty() {
        return Finding::ok("legal_links", "the footer links to the pages that the law asks for");
    }
    let found = format!("the footer has no link to: {}", missing.join(", "));
    if config.api.environment.is_production() {
        return Finding::warn("legal_links", found, "give their URLs in playground.links");
    }
    Finding::ok("legal_links", format!("{found} (needed in production)"))
}

/// Whether the database answers, and has the tables of this version.
pub(super) async fn database(config: &Config) -> Vec<Finding> {
    let (url, limits) = (&config.api.database_url, config.api.database_pool);
    if let Err(error) = Database::check(url, limits).await {
        let said = told(&error);
        let (found, fix) = said.split_once(". Fix: ").unwrap_or((&said, "look at the database's own log"));
        return vec![
            Finding::fail("database", found, fix.trim_end_matches(')')),
            Finding::skipped("migrations", "the database does not answer"),
        ];
    }
    let migrations = match Database::tables(url, limits).await {
        Ok(Tables::None) => Finding::ok("migrations", "there are no tables yet; the first start makes them"),
        Ok(Tables::Current) => Finding::ok("migrations", "the tables are those of this version"),
        Ok(Tables::Behind(number)) => Finding::warn(
            "migrations",
            format!("the tables are those of an earlier version: {number} migrations are missing"),
            "make a backup (`api backup FILE`), then start this version: it brings them up to date",
        ),
        Ok(Tables::Ahead(number)) => Finding::warn(
            "migrations",
            format!(
                "the tables are those of a later version, {number} migrations ahead; this version can use them"
            ),
            "finish the upgrade, or the way back: do not leave both versions running",
        ),
        Ok(Tables::Foreign) => Finding::fail(
            "migrations",
            "the tables are those of a later version that this one cannot use, or a migration was interrupted",
            "start the version that last used them, or restore the backup made before",
        ),
        Err(error) => Finding::fail("migrations", told(&error), "look at the database's own log"),
    };
    vec![Finding::ok("database", format!("{url} answers")), migrations]
}
