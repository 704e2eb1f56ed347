//! How long a new key may live: what the form offers.

use serde_json::json;

use crate::support::{Answer, Page, Playground, with};

const DAY: u64 = 86_400;

#[tokio::test]
async fn the_form_offers_what_the_api_allows() {
    let offered = |page: &Page| -> Vec<String> {
        let (_, select) = page.html.split_once("id=\"lifetime\"").unwrap();
        let (select, _) = select.split_once("</select>").unwrap();
        let options =
            select.split("<option value=\"").skip(1).map(|option| option.split_once('>').unwrap().0);
        options.map(|option| option.replace("\" selected", "!").replace('"', "")).collect()
    };
    for (max_lifetime, without_expiry, default, after_a_link) in [
        (365 * DAY, false, "30 90! 180 365 date", "30 90 180 365! date"),
        (365 * DAY - 1, true, "30 90! 180 date none", "30 90 180! date none"),
        (30 * DAY, false, "30! date", "30! date"),
        (DAY, false, "date", "date"),
        (DAY, true, "date none", "date none"),
    ] {
        let answer = Answer::Json(json!({
            "object": "list", "total": 0, "offset": 0, "limit": 20, "data": [],
            "max_lifetime": max_lifetime, "without_expiry": without_expiry,
        }));
        let mut browser = with(vec![("GET /v1/keys", answer)]).await.logged_in().await;
        assert_eq!(offered(&browser.get("/keys").await).join(" "), default);
        let page = browser.get("/keys?name=x&expires_in=365").await;
        assert_eq!(offered(&page).join(" "), after_a_link);
    }
    // An api of before does not say.
    let page = Playground::start().await.logged_in().await.get("/keys").await;
    assert_eq!(offered(&page).join(" "), "30 90! 180 365 date none");
}
