//! Users, roles and tokens behave the same on every database: one suite, run on each.

#![expect(clippy::unwrap_used, reason = "a test ends where what it stands on fails")]

mod keys;
mod outage;
mod record;
mod suite;
mod tls;
mod transfer;

use std::path::{Path, PathBuf};
use std::{fs, process};

use secrecy::SecretString;

/// A test for each database, by the name of the behaviour.
macro_rules! on_each_database {
    ($($behaviour:ident)*) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $behaviour() {
                let file = super::temporary(stringify!($behaviour)).join("accounts.db");
                let url = format!("sqlite://{}?mode=rwc", file.display()).into();
                crate::suite::$behaviour(url).await;
                std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
            })*
        }

        mod postgresql {
            #[tokio::test]
            async fn all_the_same() {
                let Some(server) = test_programs::Postgres::start() else { return };
                // One server for all, a database for each.
                $({
                    let url = server.database(stringify!($behaviour)).into();
                    crate::suite::$behaviour(url).await;
                })*
            }
        }
    };
}

on_each_database! {
    a_first_login_creates_the_account_with_the_role
    a_second_login_mints_another_token_for_the_same_account
    news_of_a_person_replace_what_was_known
    what_is_absent_is_kept_as_absent
    what_a_login_does_not_say_erases_nothing
    a_new_siret_without_a_label_drops_the_label_of_the_old_one
    addresses_are_the_same_when_only_ascii_letters_differ_in_case
    two_people_may_share_an_address
    the_same_subject_of_another_issuer_is_another_person
    first_logins_at_the_same_time_create_one_account
    first_logins_of_one_person_in_two_processes_create_one_account
    a_disabled_account_gets_no_token_and_no_news
    a_token_ends_when_it_is_revoked
    a_token_ends_at_its_time
    expired_tokens_are_removed_and_no_others
    a_prepared_account_is_taken_over_once
    without_linking_a_prepared_account_is_left_alone
    two_prepared_accounts_of_one_address_are_nobody_s
    an_opened_database_keeps_what_it_has
    a_database_of_the_first_version_keeps_its_people_and_their_sessions
    a_key_lets_its_owner_in_until_it_expires_or_is_ended
    a_key_may_have_no_end
    keys_are_listed_by_status_and_in_order
    keys_made_at_the_same_time_respect_the_limit
    a_key_is_replaced_once
    the_same_request_makes_one_key
    what_happens_to_an_account_is_recorded_with_who_did_it
    an_operator_is_recorded_by_name_and_a_possible_duplicate_by_the_system
    what_was_recorded_can_be_changed_by_nobody_but_the_pruning
    an_expiry_is_recorded_once_whoever_looks
    what_cannot_be_recorded_does_not_happen
    a_use_is_noted_once_in_ten_minutes_and_its_address_forgotten_in_thirty_days
}

/// A folder of its own for one test.
fn temporary(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("accounts-{}-{name}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

type Url = SecretString;
