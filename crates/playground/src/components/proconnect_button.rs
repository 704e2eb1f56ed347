//! The way in.

use leptos::prelude::*;

use crate::site::use_site;
use crate::text::Lang;

/// The page that explains ProConnect.
const PROCONNECT: &str = "https://www.proconnect.gouv.fr/";

/// The official button and the link that always follows it, which says that it opens a new window: to the
/// eye with an arrow and a title, to the ear with words. Wording and colours are ProConnect's, not ours
/// (<https://partenaires.proconnect.gouv.fr/docs/fournisseur-service/bouton_proconnect>).
#[component]
pub fn ProConnectButton(
    /// The page to come back to, as a parameter of a query; home when there is none.
    #[prop(optional_no_strip)]
    return_to: Option<String>,
) -> impl IntoView {
    let lang = Lang::current();
    let href = return_to.map_or_else(|| "/login".to_owned(), |path| format!("/login?return_to={path}"));
    let logo = use_site().proconnect_logo.clone();
    view! {
        <div class="proconnect">
            <a class="proconnect-button" href=href>
                {logo.map(|path| view! { <img src=path.to_string() alt="" height="32" /> })}
                <span>{lang.login_with()} " " <b>"ProConnect"</b></span>
            </a>
            <p>
                <a
                    href=PROCONNECT
                    target="_blank"
                    rel="noopener noreferrer"
                    title=format!("{} - {}", lang.what_is_proconnect(), lang.new_window())
                >
                    {lang.what_is_proconnect()}
                    <span class="unseen">" - " {lang.new_window()}</span>
                    <svg class="outward" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
                        <path d="M9 2h5v5M14 2 7.5 8.5M12 9.5V14H2V4h4.5" />
                    </svg>
                </a>
            </p>
        </div>
    }
}
