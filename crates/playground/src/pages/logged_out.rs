//! After a logout.

use leptos::prelude::*;

use crate::components::notice_box::NoticeBox;
use crate::components::proconnect_button::ProConnectButton;
use crate::document::Document;
use crate::notice::Notice;
use crate::text::Lang;

/// The page after a logout.
#[component]
pub fn LoggedOutPage(
    /// How the logout went.
    notice: Notice,
    /// Where the browser can still end its session with ProConnect.
    unfinished: Option<String>,
) -> impl IntoView {
    let lang = Lang::current();
    let advice = match (notice, &unfinished) {
        (Notice::LogoutUnconfirmed, Some(_)) => lang.logout_unfinished_advice(),
        (Notice::LogoutUnconfirmed | Notice::LoggedOutHere, None) => lang.logout_unconfirmed_advice(),
        _ => lang.close_page(),
    };
    view! {
        <Document title=lang.logged_out_title() notice=Some(notice)>
            <h1>{lang.logged_out_title()}</h1>
            <NoticeBox notice />
            <p>{advice}</p>
            {unfinished.map(|url| view! { <p><a class="button primary" href=url>{lang.finish_logout()}</a></p> })}
            <ProConnectButton />
            <p><a href="/">{lang.home()}</a></p>
        </Document>
    }
}
