//! A message about what just happened.

use leptos::prelude::*;

use super::contact_line::ContactLine;
use crate::notice::{Notice, Severity};
use crate::site::use_site;
use crate::text::Lang;

/// Tells what happened, aloud for those who listen to the page.
#[component]
pub fn NoticeBox(
    /// What happened.
    notice: Notice,
    /// What of the person it is about.
    #[prop(default = None)]
    own_value: Option<String>,
    /// Further content of the box.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let lang = Lang::current();
    let severity = notice.severity();
    let role = match severity {
        Severity::Error | Severity::Warning => "alert",
        Severity::Success | Severity::Information => "status",
    };
    view! {
        <MessageBox severity>
            <p role=role>{notice.message_about(lang, own_value.as_deref())}</p>
            {children.map(|children| children())}
        </MessageBox>
    }
}

/// A box whose picture and heading say how serious its content is, so that nobody needs to see its colour. An error says
/// whom to ask.
#[component]
pub fn MessageBox(
    /// How serious it is.
    severity: Severity,
    /// The message.
    children: Children,
) -> impl IntoView {
    let lang = Lang::current();
    let help = (severity == Severity::Error).then(|| use_site().presentation.help()).flatten();
    // An octagon, a triangle, a tick in a circle, an i in a circle.
    let (class, heading, outline, sign) = match severity {
        Severity::Error => ("notice error", lang.error(), "M8 2h8l6 6v8l-6 6H8l-6-6V8z", "M12 7v6M12 16v1"),
        Severity::Warning => ("notice warning", lang.warning(), "M12 3 23 21H1z", "M12 9v6M12 17v1"),
        Severity::Success => ("notice success", lang.success(), CIRCLE, "m7.5 12.5 3 3 6-6.5"),
        Severity::Information => ("notice information", lang.information(), CIRCLE, "M12 7v1M12 11v6"),
    };
    view! {
        <div class=class>
            <svg class="sign" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
                <path d=outline />
                <path d=sign />
            </svg>
            <div>
                <h2>{heading}</h2>
                {children()}
                {help.map(|contact| view! { <ContactLine contact /> })}
            </div>
        </div>
    }
}

const CIRCLE: &str = "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20z";
