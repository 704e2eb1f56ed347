//! Who is not logged in.

use leptos::prelude::*;

use crate::components::notice_box::NoticeBox;
use crate::components::proconnect_button::ProConnectButton;
use crate::document::Document;
use crate::notice::Notice;
use crate::place::SWITCH;
use crate::site::use_site;
use crate::text::Lang;

/// The page of those who are not logged in.
#[component]
pub fn LoginPage(
    /// What happened just before.
    notice: Option<Notice>,
    /// What of the person a rule did not let in.
    #[prop(default = None)]
    own_value: Option<String>,
    /// The page to come back to after the login, as a parameter of a query.
    #[prop(default = None)]
    return_to: Option<String>,
) -> impl IntoView {
    let lang = Lang::current();
    let site = use_site();
    let data = site.data.iter().map(|datum| view! { <li>{datum.words(lang)}</li> }).collect_view();
    view! {
        <Document title=lang.login_title() notice>
            <h1>{format!("{} {}", lang.log_in_to(), site.presentation.title)}</h1>
            {notice.map(|notice| view! { <NoticeBox notice own_value>{another_account(notice, lang)}</NoticeBox> })}
            {site.announce.clone().map(|words| view! { <p class="announce">{words}</p> })}
            <p class="lead">{lang.login_lead()}</p>
            <ProConnectButton return_to />
            <div class="facts">
                <section>
                    <h2>{lang.who_title()}</h2>
                    <p>{lang.who()}</p>
                </section>
                <section>
                    <h2>{lang.data_title()}</h2>
                    <p>{lang.data()}</p>
                    <ul>{data}</ul>
                    <p>{lang.no_password()}</p>
                </section>
            </div>
        </Document>
    }
}

/// The way out for whoever ProConnect would log in as the same person again.
fn another_account(notice: Notice, lang: Lang) -> Option<impl IntoView> {
    notice
        .offers_another_account()
        .then(|| view! { <p><a class="button" href=SWITCH>{lang.another_account()}</a></p> })
}
