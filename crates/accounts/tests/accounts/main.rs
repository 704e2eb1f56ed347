//! Users, roles and tokens behave the same on every database: one suite, run on each.

#![expect(clippy::unwrap_used, reason = "a test stops at its first failure")]

mod additions;
mod compiled;
mod keys;
mod operators;
mod outage;
mod personal_data;
mod record;
mod suite;
mod tls;
mod tokens;
mod transfer;
mod versions;

use std::path::{Path, PathBuf};
use std::{fs, process};

use secrecy::SecretString;

/// Makes a test for each database; the name of the test is the name of the behaviour.
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
                // One server for all behaviours, one database for each.
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
    changed_details_replace_the_old_ones
    a_missing_detail_is_stored_as_missing
    a_missing_claim_erases_nothing
    a_new_siret_without_a_label_drops_the_label_of_the_old_one
    addresses_are_the_same_when_only_ascii_letters_differ_in_case
    two_people_may_share_an_address
    the_same_subject_of_another_issuer_is_another_person
    first_logins_at_the_same_time_create_one_account
    first_logins_of_one_person_in_two_processes_create_one_account
    a_disabled_account_gets_no_token_and_no_changed_details
    a_token_ends_when_it_is_revoked
    a_token_expires
    a_session_has_its_application
    expired_tokens_are_removed_and_no_others
    a_prepared_account_is_taken_over_once
    without_linking_a_prepared_account_is_not_taken_over
    two_prepared_accounts_with_one_address_are_not_taken_over
    a_database_keeps_its_content_when_opened_again
    starts_at_the_same_time_make_the_tables_once
    a_version_goes_on_with_what_a_later_one_added
    a_migration_only_adds
    what_does_more_than_add_is_found
    tables_are_compared_without_changing_them
    everything_is_counted
    why_a_token_lets_nobody_in_is_known
    a_database_of_the_first_version_keeps_its_people_and_their_sessions
    a_key_is_valid_until_it_expires_or_is_ended
    a_key_may_have_no_expiry
    keys_are_listed_by_status_and_in_order
    names_are_sorted_alike_on_every_database
    keys_made_at_the_same_time_respect_the_limit
    a_key_is_replaced_once
    the_same_request_makes_one_key
    events_of_an_account_are_recorded_with_their_actor
    an_operator_is_recorded_by_name_and_a_possible_duplicate_by_the_system
    only_the_pruning_can_change_the_record
    an_expiry_is_recorded_once
    many_expiries_are_recorded_in_steps
    a_change_that_cannot_be_recorded_does_not_happen
    when_somebody_was_seen_outlives_their_tokens
    when_somebody_was_seen_is_kept_of_tokens_that_two_processes_remove
    a_use_is_stored_once_in_ten_minutes_and_its_address_for_thirty_days
}

/// A temporary folder for one test.
fn temporary(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("accounts-{}-{name}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

type Url = SecretString;
