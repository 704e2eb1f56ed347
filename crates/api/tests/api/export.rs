//! `api users export`: on each database, beside a running api.

use serde_json::json;

use crate::support::service::Service;

#[tokio::test]
async fn a_person_gets_all_that_is_stored_and_no_hash() {
    for mut service in Service::on_each_database() {
        service.start("access: {combine: any, email_domains: [gouv.fr], custom: {floor: [3]}}");
        let person = json!({
            "email": "a@gouv.fr", "given_name": "Camille", "usual_name": "Martin", "siret": "13002526500013",
            "organization_label": "Mairie", "idp_id": "71144ab3-ee1a-4401-b7b3-79b44f7daeeb", "roles": ["agent_public"],
            "floor": 3,
        });
        let session = service.log_in("subject-of-one", person.clone()).await;
        let key = service.key(&session).await;
        service.log_in("two", json!({"email": "a@gouv.fr", "given_name": "Dominique"})).await;
        service.command(&["sessions", "end", &session.token_id.to_string()]);

        let exported = service.rows(&["users", "export", "1", "--json"], 0);
        let [data] = &exported[..] else { panic!("one line: {exported:?}") };
        let account = &data["account"];
        for (name, value) in [
            ("id", json!(1)),
            ("sub", json!("subject-of-one")),
            ("issuer", json!(service.provider.issuer())),
            ("email", json!("a@gouv.fr")),
            ("given_name", json!("Camille")),
            ("usual_name", json!("Martin")),
            ("siret", json!("13002526500013")),
            ("organization", json!("Mairie")),
            ("idp_id", person["idp_id"].clone()),
            ("roles", json!(["agent_public"])),
            ("role", json!("Freemium")),
            ("permissions", json!([])),
            ("disabled", json!(false)),
            ("prepared", json!(false)),
        ] {
            assert_eq!(account[name], value, "{name}");
        }
        assert!(account["created"].as_str().unwrap().ends_with('Z'), "{account}");
        assert_eq!(data["custom_claims"], json!({"floor": 3}));
        let tokens = data["tokens"].as_array().unwrap();
        assert_eq!(tokens.len(), 2, "{tokens:?}");
        assert_eq!((&tokens[0]["kind"], &tokens[1]["name"]), (&json!("session"), &json!("k")));
        assert_eq!(tokens[0]["revoked_by"], "operator", "not the operator's name");
        let events: Vec<&str> =
            data["record"].as_array().unwrap().iter().map(|event| event["event"].as_str().unwrap()).collect();
        let oldest = ["user.exported", "session.ended", "key.created", "login.success", "user.created"];
        assert_eq!(events, oldest);

        let text = data.to_string();
        let hashes =
            service.strings("SELECT id_token_hash FROM tokens WHERE id_token_hash IS NOT NULL").await;
        let secrets = [&session.app_token, &key, "hash", "Dominique"];
        let hashes = hashes.iter().map(String::as_str);
        for secret in secrets.iter().map(|secret| &**secret as &str).chain(hashes) {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
        let by = service
            .strings("SELECT actor_kind FROM audit WHERE event = 'user.exported' AND user_id = 1")
            .await;
        assert_eq!(by, ["operator"]);

        let (code, pretty, _) = service.command(&["users", "export", "2"]);
        assert_eq!(code, 0);
        assert!(
            pretty.lines().count() > 20 && pretty.contains("Dominique") && !pretty.contains("Camille"),
            "{pretty}"
        );
        for (who, code) in [("99", 3), ("nobody@gouv.fr", 3), ("a@gouv.fr", 2), ("nobody", 2)] {
            let (ended, stdout, _) = service.command(&["users", "export", who]);
            assert_eq!((ended, stdout.as_str()), (code, ""), "{who}");
        }
    }
}
