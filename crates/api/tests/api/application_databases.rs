//! The whole way through a protected application, on each database, beside the operator's commands.

use serde_json::json;

use crate::support::service::Service;
use crate::support::site::{HOST, OTHER_HOST, PROTECTED, Person, SITE, path_of};

#[tokio::test]
async fn a_person_enters_is_known_leaves_and_is_shut_out_at_once() {
    for mut service in Service::on_each_database() {
        service.write_with_api("", PROTECTED);
        service.restart();
        service.provider.script().sub = "camille";
        service.provider.script().person =
            json!({"email": "camille@gouv.fr", "given_name": "Camille", "usual_name": "Martin"});
        let mut person = Person::at(service.base());
        assert_eq!(person.status().await, 401);
        person.enter().await;
        assert_eq!(person.enter_at(OTHER_HOST, "/").await.location(), "/");
        let reply = person.ask("/oauth2/auth", &[]).await;
        assert_eq!((reply.status, reply.header("x-auth-request-user")), (202, "1"), "{reply:?}");
        assert_eq!(reply.header("x-auth-request-email"), "camille@gouv.fr");
        let info = person.ask("/oauth2/userinfo", &[("sec-fetch-site", "same-origin")]).await;
        let camille = json!({"user": "1", "email": "camille@gouv.fr", "groups": ["Freemium"],
            "preferredUsername": "Camille Martin"});
        assert_eq!((info.status, info.json()), (200, camille));
        let sessions = service.rows(&["sessions", "list", "--json"], 0);
        assert_eq!(
            sessions.iter().map(|session| &session["application"]).collect::<Vec<_>>(),
            [SITE, "https://other.example.org"]
        );

        // A sign-out at one ends both, and comes back.
        let page = person.post("/oauth2/sign_out?rd=/bye", &[("origin", SITE)]).await;
        let (_, on) = page.page(200).split_once("content=\"0; url=").unwrap();
        let on = on.split('"').next().unwrap().parse().unwrap();
        let out = person.api.get(&path_of(&on)).await;
        assert_eq!(out.status, 303, "{out:?}");
        let state = out.location_parameter("state").unwrap();
        let back = person.api.get(&format!("/oauth2/signed-out?state={state}")).await;
        assert_eq!(back.location(), format!("{SITE}/bye"));
        assert_eq!(person.ask_at(OTHER_HOST, "/oauth2/auth", &[]).await.status, 401);
        assert!(service.rows(&["sessions", "list", "--json"], 0).is_empty());

        // A disabled account is out at once, and stays so.
        person.enter().await;
        assert_eq!(person.status().await, 202);
        service.rows(&["users", "disable", "1", "--json"], 0);
        assert_eq!(person.status().await, 401);
        let landing = person.until_landing(HOST, "/oauth2/start").await;
        assert_eq!(landing, "/oauth2/callback?login_error=account_disabled");
        assert!(person.ask(&landing, &[]).await.page(403).contains("désactivé"));
        service.rows(&["users", "enable", "1", "--json"], 0);
        assert_eq!(person.status().await, 401, "what has ended stays so");
        person.enter().await;
        assert_eq!(person.status().await, 202);
    }
}
