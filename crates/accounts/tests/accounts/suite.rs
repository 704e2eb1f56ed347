//! What every database must do. Each function gets the URL of an empty one.

use std::time::Duration;

use accounts::{
    Circumstances, Database, DatabaseUrl, KeyRequest, LoginError, LoginPolicy, Minted, Person, PoolLimits,
    Profile, Stock,
};
use secrecy::ExposeSecret as _;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};
use token_crypto::UnixTime;

use crate::Url;
pub(crate) use crate::additions::*;
pub(crate) use crate::keys::*;
pub(crate) use crate::operators::*;
pub(crate) use crate::record::*;
pub(crate) use crate::tokens::*;
pub(crate) use crate::versions::*;

pub(crate) const NOW: UnixTime = UnixTime(1_790_000_000);
pub(crate) const TTL: Duration = Duration::from_secs(3_600);

pub(crate) fn circumstances() -> Circumstances {
    Circumstances {
        application: None,
        id_token: "the ID token of a login".into(),
        browser: Some("Firefox".to_owned()),
        system: Some("Linux".to_owned()),
        address: Some("192.0.2.0/24".to_owned()),
    }
}

pub(crate) struct Fixture {
    pub(crate) accounts: Database,
    role_id: i64,
    url: Url,
}

impl Fixture {
    pub(crate) async fn open(url: Url) -> Self {
        let accounts = Database::open(&parsed(&url), PoolLimits::default()).await.unwrap();
        let role_id = accounts.ensure_role("Freemium", NOW).await.unwrap();
        Self { accounts, role_id, url }
    }

    pub(crate) async fn log_in(&self, person: &Person) -> Result<Minted, LoginError> {
        self.accounts.log_in(person, &circumstances(), self.policy(), NOW).await
    }

    async fn link(&self, person: &Person) -> Result<Minted, LoginError> {
        self.accounts
            .log_in(person, &circumstances(), LoginPolicy { link_by_email: true, ..self.policy() }, NOW)
            .await
    }

    pub(crate) fn policy(&self) -> LoginPolicy {
        LoginPolicy { role_id: self.role_id, link_by_email: false, token_ttl: TTL, only_prepared: false }
    }

    pub(crate) fn is_postgresql(&self) -> bool {
        self.url.expose_secret().starts_with("postgres")
    }

    /// A connection in addition to those of the program.
    pub(crate) async fn connection(&self) -> AnyConnection {
        AnyConnection::connect(self.url.expose_secret()).await.unwrap()
    }

    /// Executes SQL, as an operator by hand.
    pub(crate) async fn execute(&self, sql: &str) {
        self.connection().await.execute(AssertSqlSafe(sql.to_owned())).await.unwrap();
    }

    pub(crate) async fn count(&self, table: &'static str) -> i64 {
        let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        let mut connection = AnyConnection::connect(self.url.expose_secret()).await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap()
    }

    async fn prepare(&self, email: &'static str) {
        let sql = sqlx::AssertSqlSafe(format!(
            "INSERT INTO users (email, role_id, created, updated) VALUES ('{email}', {}, 1, 1)",
            self.role_id
        ));
        AnyConnection::connect(self.url.expose_secret()).await.unwrap().execute(sql).await.unwrap();
    }
}

pub(crate) fn parsed(url: &Url) -> DatabaseUrl {
    DatabaseUrl::parse(url).unwrap()
}

pub(crate) fn somebody(sub: &str) -> Person {
    Person {
        issuer: "https://issuer.example/api/v2".into(),
        sub: sub.into(),
        profile: Profile {
            email: Some("Camille.Exemple@example.gouv.fr".into()),
            given_name: Some("Camille".into()),
            usual_name: Some("Exemple".into()),
            organization: Some("Mairie d’Exemple".into()),
            siret: Some("00000000000000".into()),
            idp_id: Some("71144ab3-ee1a-4401-b7b3-79b44f7daeeb".into()),
            roles: Some(r#"["agent_public"]"#.into()),
            acr: Some("eidas1".into()),
            amr: Some(r#"["pwd"]"#.into()),
        },
    }
}

pub(crate) fn hour_later() -> UnixTime {
    NOW.after(TTL)
}

pub(crate) async fn a_first_login_creates_the_account_with_the_role(url: Url) {
    let database = Fixture::open(url).await;
    let minted = database.log_in(&somebody("one")).await.unwrap();
    let bearer = database.accounts.bearer(&minted.token, NOW).await.unwrap().unwrap();
    assert_eq!((bearer.user_id, bearer.token_id), (minted.user_id, minted.token_id));
    assert_eq!((bearer.sub.as_deref(), bearer.role.as_str()), (Some("one"), "Freemium"));
    assert_eq!(bearer.name().as_deref(), Some("Camille Exemple"));
    assert_eq!(bearer.profile.organization.as_deref(), Some("Mairie d’Exemple"));
    assert_eq!(bearer.profile.siret.as_deref(), Some("00000000000000"));
    assert_eq!(bearer.token_expires, Some(1_790_003_600));
    assert_eq!((bearer.created, bearer.updated), (1_790_000_000, 1_790_000_000));
    assert!(bearer.permissions.is_empty());
}

pub(crate) async fn a_second_login_mints_another_token_for_the_same_account(url: Url) {
    let database = Fixture::open(url).await;
    let first = database.log_in(&somebody("one")).await.unwrap();
    let second = database.log_in(&somebody("one")).await.unwrap();
    assert_eq!(first.user_id, second.user_id);
    assert_ne!(first.token_id, second.token_id);
    for minted in [first, second] {
        assert!(database.accounts.bearer(&minted.token, NOW).await.unwrap().is_ok());
    }
}

pub(crate) async fn changed_details_replace_the_old_ones(url: Url) {
    let database = Fixture::open(url).await;
    database.log_in(&somebody("one")).await.unwrap();
    let mut moved = somebody("one");
    moved.profile.organization = Some("Préfecture d’Exemple".into());
    moved.profile.email = Some("camille@prefecture.example.fr".into());
    let minted = database.log_in(&moved).await.unwrap();
    let bearer = database.accounts.bearer(&minted.token, NOW).await.unwrap().unwrap();
    assert_eq!(bearer.profile.organization.as_deref(), Some("Préfecture d’Exemple"));
    assert_eq!(bearer.profile.email.as_deref(), Some("camille@prefecture.example.fr"));
    assert_eq!(database.count("users").await, 1);
}

pub(crate) async fn a_missing_detail_is_stored_as_missing(url: Url) {
    let database = Fixture::open(url).await;
    let nobody = Person { profile: Profile::default(), ..somebody("one") };
    database.log_in(&nobody).await.unwrap();
    let minted = database.log_in(&nobody).await.unwrap();
    let bearer = database.accounts.bearer(&minted.token, NOW).await.unwrap().unwrap();
    assert_eq!((bearer.name(), bearer.profile), (None, Profile::default()));
    assert_eq!(database.count("users").await, 1);
}

pub(crate) async fn a_missing_claim_erases_nothing(url: Url) {
    let database = Fixture::open(url).await;
    let minted = database.log_in(&somebody("one")).await.unwrap();
    let silent = Person { profile: Profile::default(), ..somebody("one") };
    database.log_in(&silent).await.unwrap();
    let bearer = database.accounts.bearer(&minted.token, NOW).await.unwrap().unwrap();
    assert_eq!(bearer.profile, somebody("one").profile);
    let profile = Profile { given_name: Some("Autre".into()), ..Profile::default() };
    database.log_in(&Person { profile, ..somebody("one") }).await.unwrap();
    let bearer = database.accounts.bearer(&minted.token, NOW).await.unwrap().unwrap();
    let given_name = Some("Autre".to_owned());
    assert_eq!(bearer.profile, Profile { given_name, ..somebody("one").profile });
}

pub(crate) async fn a_new_siret_without_a_label_drops_the_label_of_the_old_one(url: Url) {
    let database = Fixture::open(url).await;
    let minted = database.log_in(&somebody("one")).await.unwrap();
    for (siret, organization, expected) in [
        // The same number again changes nothing.
        (Some("00000000000000"), None, (Some("00000000000000"), Some("Mairie d’Exemple"))),
        (Some("11000101300017"), None, (Some("11000101300017"), None)),
        (None, Some("Préfecture"), (Some("11000101300017"), Some("Préfecture"))),
        (Some("13002526500013"), Some("Direction"), (Some("13002526500013"), Some("Direction"))),
    ] {
        let profile = Profile {
            siret: siret.map(str::to_owned),
            organization: organization.map(str::to_owned),
            ..Profile::default()
        };
        database.log_in(&Person { profile, ..somebody("one") }).await.unwrap();
        let profile = database.accounts.bearer(&minted.token, NOW).await.unwrap().unwrap().profile;
        assert_eq!((profile.siret.as_deref(), profile.organization.as_deref()), expected);
    }
}

pub(crate) async fn addresses_are_the_same_when_only_ascii_letters_differ_in_case(url: Url) {
    let database = Fixture::open(url).await;
    // U+212A KELVIN SIGN, U+017F LONG S, U+0130 and U+00C9, which other case foldings turn into k, s, i and é.
    for (index, (prepared, claimed)) in [
        ("kevin@x.fr", "\u{212a}evin@x.fr"),
        ("sam@x.fr", "\u{17f}am@x.fr"),
        ("iris@x.fr", "\u{130}ris@x.fr"),
        ("\u{e9}lise@x.fr", "\u{c9}lise@x.fr"),
    ]
    .into_iter()
    .enumerate()
    {
        database.prepare(prepared).await;
        let mut person = somebody(&index.to_string());
        person.profile.email = Some(claimed.to_owned());
        database.link(&person).await.unwrap();
        assert_eq!(
            database.count("users WHERE sub IS NULL").await,
            i64::try_from(index).unwrap() + 1,
            "{claimed}"
        );
    }
    let mut kevin = somebody("kevin");
    kevin.profile.email = Some("KEVIN@X.FR".into());
    database.link(&kevin).await.unwrap();
    assert_eq!(database.count("users WHERE sub IS NULL").await, 3);
}

pub(crate) async fn two_people_may_share_an_address(url: Url) {
    let database = Fixture::open(url).await;
    let one = database.log_in(&somebody("one")).await.unwrap();
    let other = database.log_in(&somebody("other")).await.unwrap();
    assert_ne!(one.user_id, other.user_id);
}

pub(crate) async fn the_same_subject_of_another_issuer_is_another_person(url: Url) {
    let database = Fixture::open(url).await;
    let one = database.log_in(&somebody("one")).await.unwrap();
    let elsewhere = Person { issuer: "https://other.example".into(), ..somebody("one") };
    assert_ne!(one.user_id, database.log_in(&elsewhere).await.unwrap().user_id);
}

pub(crate) async fn first_logins_at_the_same_time_create_one_account(url: Url) {
    let database = Fixture::open(url).await;
    let identity = somebody("one");
    let logins = (0..20).map(|_| database.log_in(&identity));
    let minted: Vec<Minted> =
        futures_util::future::join_all(logins).await.into_iter().map(Result::unwrap).collect();
    assert!(minted.iter().all(|other| other.user_id == minted[0].user_id));
    assert_eq!((database.count("users").await, database.count("tokens").await), (1, 20));
}

pub(crate) async fn first_logins_of_one_person_in_two_processes_create_one_account(url: Url) {
    let processes = [Fixture::open(url.clone()).await, Fixture::open(url).await];
    // A prepared account is taken over once, by the first login.
    processes[0].prepare("camille.exemple@example.gouv.fr").await;
    for (sub, users) in [("one", 1), ("other", 2)] {
        let identity = somebody(sub);
        let logins = (0..20).map(|index| processes[index % 2].link(&identity));
        let minted: Vec<Minted> =
            futures_util::future::join_all(logins).await.into_iter().map(Result::unwrap).collect();
        assert!(minted.iter().all(|other| other.user_id == minted[0].user_id));
        assert_eq!(processes[0].count("users").await, users);
    }
    assert_eq!(processes[0].count("tokens").await, 40);
}

pub(crate) async fn a_disabled_account_gets_no_token_and_no_changed_details(url: Url) {
    let database = Fixture::open(url).await;
    let before = database.log_in(&somebody("one")).await.unwrap();
    database.execute("UPDATE users SET disabled = 1").await;
    assert!(database.accounts.bearer(&before.token, NOW).await.unwrap().is_err());
    let mut news = somebody("one");
    news.profile.given_name = Some("Autre".into());
    for identity in [somebody("one"), news] {
        assert!(matches!(database.log_in(&identity).await, Err(LoginError::Disabled)));
    }
    assert_eq!(database.count("tokens").await, 1);
    assert_eq!(database.count("users WHERE given_name = 'Camille'").await, 1);
}

pub(crate) async fn a_prepared_account_is_taken_over_once(url: Url) {
    let database = Fixture::open(url).await;
    database.prepare("camille.exemple@EXAMPLE.gouv.fr").await;
    let one = database.link(&somebody("one")).await.unwrap();
    assert_eq!(database.count("users").await, 1);
    let other = database.link(&somebody("other")).await.unwrap();
    assert_ne!(one.user_id, other.user_id);
    // A person who has an account takes over no other.
    database.prepare("camille.exemple@example.gouv.fr").await;
    assert_eq!(database.link(&somebody("one")).await.unwrap().user_id, one.user_id);
    assert_eq!(database.count("users WHERE sub IS NULL").await, 1);
}

pub(crate) async fn without_linking_a_prepared_account_is_not_taken_over(url: Url) {
    let database = Fixture::open(url).await;
    database.prepare("camille.exemple@example.gouv.fr").await;
    database.log_in(&somebody("one")).await.unwrap();
    assert_eq!((database.count("users").await, database.count("users WHERE sub IS NULL").await), (2, 1));
}

pub(crate) async fn two_prepared_accounts_with_one_address_are_not_taken_over(url: Url) {
    let database = Fixture::open(url).await;
    database.prepare("camille.exemple@example.gouv.fr").await;
    database.prepare("camille.exemple@example.gouv.fr").await;
    database.link(&somebody("one")).await.unwrap();
    assert_eq!((database.count("users").await, database.count("users WHERE sub IS NULL").await), (3, 2));
}

pub(crate) async fn a_database_keeps_its_content_when_opened_again(url: Url) {
    let database = Fixture::open(url.clone()).await;
    let minted = database.log_in(&somebody("one")).await.unwrap();
    database.accounts.close().await;
    let again = Fixture::open(url).await;
    assert_eq!(again.role_id, database.role_id);
    assert!(again.accounts.bearer(&minted.token, NOW).await.unwrap().is_ok());
}

pub(crate) async fn starts_at_the_same_time_make_the_tables_once(url: Url) {
    // Each opens the database as a process of its own does: with its own connections, on its own thread.
    let starts: Vec<_> = (0..6)
        .map(|_| {
            let url = url.clone();
            std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                runtime.block_on(async { drop(Fixture::open(url).await) });
            })
        })
        .collect();
    let failed = starts.into_iter().filter_map(|start| start.join().err()).count();
    assert_eq!(failed, 0, "of six starts, so many failed");
    let database = Fixture::open(url).await;
    assert_eq!(database.count("roles").await, 1);
    database.log_in(&somebody("one")).await.unwrap();
}

pub(crate) async fn everything_is_counted(url: Url) {
    let database = Fixture::open(url).await;
    assert_eq!(database.accounts.stock(NOW).await.unwrap(), Stock::default());
    let user_id = database.log_in(&somebody("one")).await.unwrap().user_id;
    database.log_in(&somebody("two")).await.unwrap();
    database.prepare("prepared@example.fr").await;
    let make = async |days: i64| {
        let expires = Some(NOW.seconds() + days * 86_400);
        let request = KeyRequest { user_id, name: "a key", expires, idempotency_key: None, limit: 9 };
        database.accounts.make_key(request, NOW).await.unwrap().key.id
    };
    for days in [1, 7, 8, 30, 31] {
        make(days).await;
    }
    let revoked = make(2).await;
    database.accounts.end_key(user_id, revoked, 0, NOW).await.unwrap();
    let expected = Stock {
        sessions: 2,
        active_keys: 5,
        expired_keys: 0,
        revoked_keys: 1,
        keys_expiring_in_a_week: 2,
        keys_expiring_in_a_month: 4,
        active_users: 2,
        disabled_users: 0,
        prepared_users: 1,
    };
    assert_eq!(database.accounts.stock(NOW).await.unwrap(), expected);
    database.execute("UPDATE users SET disabled = 1 WHERE sub = 'two'").await;
    let later = NOW.after(Duration::from_secs(86_400));
    let later = database.accounts.stock(later).await.unwrap();
    assert_eq!((later.sessions, later.active_keys, later.expired_keys, later.revoked_keys), (0, 4, 1, 1));
    assert_eq!((later.active_users, later.disabled_users), (1, 1));
}
