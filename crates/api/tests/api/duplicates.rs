//! `api users duplicates`: on each database, beside a running api.

use serde_json::json;

use crate::support::service::Service;

#[tokio::test]
async fn pairs_of_accounts_with_one_address_are_listed_with_what_differs() {
    for mut service in Service::on_each_database() {
        assert_eq!(service.rows(&["users", "duplicates", "--json"], 0).len(), 0);
        let old = json!({"email": "A@gouv.fr", "siret": "13002526500013", "idp_id": "71144ab3-ee1a-4401-b7b3-79b44f7daeeb"});
        let first = service.log_in("one", old).await;
        service.key(&first).await;
        service.log_in("two", json!({"email": "a@gouv.fr", "siret": "35600000000048"})).await;
        service.log_in("three", json!({"email": "other@gouv.fr"})).await;
        service.log_in("four", json!({"email": "é@gouv.fr"})).await;
        service.log_in("five", json!({"email": "É@gouv.fr"})).await;
        service.log_in("six", json!({})).await;
        service.log_in("seven", json!({})).await;
        service.command(&["roles", "create", "Premium"]);
        service.command(&["users", "set-role", "1", "Premium"]);

        let pairs = service.rows(&["users", "duplicates", "--json"], 0);
        assert_eq!(pairs.len(), 1, "{pairs:?}");
        let pair = &pairs[0];
        assert_eq!(pair["email"], "a@gouv.fr");
        assert_eq!(pair["differs"], json!(["sub", "siret", "idp_id", "role"]));
        assert_eq!((&pair["old"]["id"], &pair["new"]["id"]), (&json!(1), &json!(2)));
        assert_eq!((&pair["old"]["sub"], &pair["new"]["sub"]), (&json!("one"), &json!("two")));
        assert_eq!((&pair["old"]["role"], &pair["new"]["role"]), (&json!("Premium"), &json!("Freemium")));
        assert_eq!((&pair["old"]["keys"], &pair["new"]["keys"]), (&json!(1), &json!(0)));
        assert_eq!((&pair["old"]["sessions"], &pair["new"]["sessions"]), (&json!(1), &json!(1)));
        assert!(pair["new"]["last_seen"].as_str().unwrap().ends_with('Z'), "{pair}");

        let (code, table, _) = service.command(&["users", "duplicates"]);
        assert_eq!((code, table.lines().count()), (0, 2), "{table}");
        assert!(table.contains("sub,siret,idp_id,role") && table.contains("Premium / Freemium"), "{table}");

        // What a prepared account waits for may never come when the person has another account.
        service.start("link_by_email: false");
        service.command(&["users", "prepare", "new@gouv.fr"]);
        service.log_in("eight", json!({"email": "new@gouv.fr"})).await;
        let pairs = service.rows(&["users", "duplicates", "--json"], 0);
        assert_eq!(pairs.len(), 2, "{pairs:?}");
        assert_eq!((&pairs[1]["old"]["sub"], &pairs[1]["old"]["last_seen"]), (&json!(null), &json!(null)));
    }
}
