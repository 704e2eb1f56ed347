//! Who is not logged in.

use leptos::prelude::*;

use super::title::title;
use crate::components::notice_box::NoticeBox;
use crate::components::proconnect_button::ProConnectButton;
use crate::document::Document;
use crate::notice::Notice;
use crate::text::Lang;

/// The page of those who are not logged in.
#[component]
pub fn LoginPage(
    /// What happened just before.
    notice: Option<Notice>,
) -> impl IntoView {
    let lang = Lang::current();
    view! {
        <Document title=title(lang, lang.login_title(), notice)>
            <h1>{lang.login_title()}</h1>
            {notice.map(|notice| view! { <NoticeBox notice /> })}
            <p class="lead">{lang.login_lead()}</p>
            <ProConnectButton />
            <div class="facts">
                <section>
                    <h2>{lang.who_title()}</h2>
                    <p>{lang.who()}</p>
                </section>
                <section>
                    <h2>{lang.data_title()}</h2>
                    <p>{lang.data()}</p>
                </section>
            </div>
        </Document>
    }
}
