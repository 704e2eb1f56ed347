//! For a browser that keeps no cookies.

use leptos::prelude::*;

use crate::components::notice_box::MessageBox;
use crate::components::proconnect_button::ProConnectButton;
use crate::document::Document;
use crate::notice::Severity;
use crate::text::Lang;

/// The page of somebody whose login was lost because the browser did not keep its cookie.
#[component]
pub fn CookiesPage() -> impl IntoView {
    let lang = Lang::current();
    view! {
        <Document title=format!("{}{}", lang.error_prefix(), lang.cookies_title())>
            <h1>{lang.cookies_title()}</h1>
            <MessageBox severity=Severity::Error>
                <p role="alert">{lang.cookies_refused()}</p>
            </MessageBox>
            <ProConnectButton />
        </Document>
    }
}
