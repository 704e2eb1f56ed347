//! The pages below `/oauth2/`. None of them goes on to a login by itself: ProConnect would answer it without a question, and
//! whoever is refused would go round in circles.

use axum::http::StatusCode;
use axum::response::Response;
use contract::Words;
use contract::path::{SIGN_OUT, START};

use super::query::with_target;
use crate::application::Target;
use crate::origins::Origin;
use crate::page::{Content, Frame, escape, show};

/// The page that explains ProConnect.
const PROCONNECT: &str = "https://www.proconnect.gouv.fr/";

/// ProConnect's button, and the link that always follows it. Wording and colours are ProConnect's
/// (<https://partenaires.proconnect.gouv.fr/docs/fournisseur-service/bouton_proconnect>).
fn button(frame: Frame<'_>, target: Option<&Target>) -> String {
    let what = frame.says("Qu’est-ce que ProConnect\u{202f}?", "What is ProConnect?");
    let new_window = frame.says("nouvelle fenêtre", "new window");
    format!(
        "<p><a class=\"proconnect-button\" href=\"{href}\">{log_in} <b>ProConnect</b></a></p>\n\
         <p><a href=\"{PROCONNECT}\" target=\"_blank\" rel=\"noopener noreferrer\" \
         title=\"{what} - {new_window}\">{what} ({new_window})</a></p>\n",
        href = escape(&with_target(START, target)),
        log_in = frame.says("S'identifier avec", "Log in with"),
    )
}

fn page(frame: Frame<'_>, title: &str, body: String) -> Response {
    show(&Content { title, body, ..Content::default() }, frame)
}

fn refusal(frame: Frame<'_>, status: StatusCode, title: &str, body: String) -> Response {
    let mut response = show(&Content { title, body, is_refusal: true, ..Content::default() }, frame);
    *response.status_mut() = status;
    response
}

/// The page of those who are not logged in.
pub(super) fn sign_in(frame: Frame<'_>, target: Option<&Target>) -> Response {
    let lead =
        frame.says("Identifiez-vous avec votre compte professionnel.", "Log in with your work account.");
    let body = format!("<p>{lead}</p>\n{}", button(frame, target));
    page(frame, frame.says("Connexion", "Log in"), body)
}

/// The page of a login that failed, and may succeed when it is tried again.
pub(super) fn failed(frame: Frame<'_>, status: StatusCode, (french, english): Words) -> Response {
    let alert = format!("<p class=\"alert\" role=\"alert\">{}</p>\n", escape(frame.says(french, english)));
    let body = format!("{alert}{}", button(frame, None));
    refusal(frame, status, frame.says("Connexion", "Log in"), body)
}

/// The page of somebody whom ProConnect knows, and this service refuses.
pub(super) fn refused(
    frame: Frame<'_>,
    status: StatusCode,
    (french, english): Words,
    about: Option<&Words<String>>,
    switch: &str,
) -> Response {
    let about = about.map(|(french, english)| format!(" {}", escape(frame.says(french, english))));
    let body = format!(
        "<p class=\"alert\" role=\"alert\">{}{}</p>\n<p><a class=\"button\" href=\"{}\">{}</a></p>\n{}",
        escape(frame.says(french, english)),
        about.unwrap_or_default(),
        escape(switch),
        frame.says("Utiliser un autre compte", "Use another account"),
        button(frame, None),
    );
    refusal(frame, status, frame.says("Accès refusé", "Access refused"), body)
}

/// The page with the button that signs out.
pub(super) fn sign_out(frame: Frame<'_>, target: Option<&Target>) -> Response {
    let body = format!(
        "<p>{}</p>\n<form method=\"post\" action=\"{}\"><button class=\"button\">{}</button></form>\n",
        frame.says(
            "Fermez votre session sur ce service et chez ProConnect.",
            "Close your session on this service and with ProConnect.",
        ),
        // The home page is a place to go back to like others, for whoever asked for it.
        escape(&with_asked_target(target)),
        frame.says("Se déconnecter", "Log out"),
    );
    let title = frame.says("Déconnexion", "Log out");
    show(&Content { title, body, has_form: true, ..Content::default() }, frame)
}

fn with_asked_target(target: Option<&Target>) -> String {
    match target {
        Some(target) if target.is_home() => format!("{SIGN_OUT}?rd=/"),
        target => with_target(SIGN_OUT, target),
    }
}

/// The page that goes on to the api's own host.
pub(super) fn leaving(frame: Frame<'_>, url: &str) -> Response {
    let body = format!(
        "<p>{}</p>\n<p><a href=\"{}\">{}</a></p>\n",
        frame.says(
            "Vous allez être redirigé vers ProConnect pour fermer votre session.",
            "You are being redirected to ProConnect to close your session.",
        ),
        escape(url),
        frame.says(
            "Si rien ne se passe, continuez vers ProConnect",
            "If nothing happens, continue to ProConnect",
        ),
    );
    let title = frame.says("Déconnexion en cours...", "Logging out...");
    show(&Content { title, body, leads_to: Some(url), ..Content::default() }, frame)
}

/// The page at the end of a sign-out.
pub(super) fn signed_out(frame: Frame<'_>, origin: Option<&Origin>) -> Response {
    let Some(origin) = origin else {
        let body =
            format!("<p>{}</p>\n", frame.says("Vous pouvez fermer cette page.", "You can close this page."));
        return page(frame, frame.says("Déconnexion", "Logged out"), body);
    };
    let body = format!(
        "<p><a href=\"{}/\">{}</a></p>\n",
        escape(origin.as_str()),
        frame.says("Revenir à l’application", "Back to the application"),
    );
    page(frame, frame.says("Vous êtes déconnecté.", "You are logged out."), body)
}
