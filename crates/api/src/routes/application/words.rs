//! What people are told of a login that did not succeed, in French and English.

use axum::http::StatusCode;
use contract::{AccessReason, LoginErrorCode};

/// The same words in French and in English.
pub(super) type Words<S = &'static str> = (S, S);

/// The envelope was expired, tampered with, or meant for another browser. OpenGateLLM's page has these words.
pub(super) const LOGIN_FAILED: Words = (
    "La connexion n'a pas pu aboutir. Reconnectez-vous.",
    "The login could not be completed. Please log in again.",
);

/// The words for a login error; for a rule that refused somebody, of its reason.
pub(super) fn of(code: LoginErrorCode, reason: Option<AccessReason>) -> Words {
    match code {
        LoginErrorCode::AccessDenied => {
            ("La connexion a été annulée ou refusée.", "The login was cancelled or refused.")
        }
        LoginErrorCode::AcrNotMet => (
            "Votre mode de connexion n’offre pas le niveau de sécurité requis. \
             Activez la double authentification auprès de votre organisation, puis réessayez.",
            "The way you logged in does not offer the required level of security (two-factor authentication). \
             Ask your organisation to turn it on, then try again.",
        ),
        LoginErrorCode::NotAllowed => {
            ("Votre compte n’a pas accès à ce service.", "Your account has no access to this service.")
        }
        LoginErrorCode::LoginExpired => (
            "Votre demande de connexion a expiré ou a déjà servi. Recommencez.",
            "Your login has expired or was already used. Please start again.",
        ),
        LoginErrorCode::ProviderError => (
            "Votre fournisseur d’identité n’a pas pu vous connecter. \
             Réessayez plus tard ou contactez votre service informatique.",
            "Your identity provider could not log you in. Try again later or contact your IT department.",
        ),
        LoginErrorCode::ProviderUnavailable => (
            "ProConnect ne répond pas pour le moment. Réessayez dans quelques instants.",
            "ProConnect does not answer at the moment. Try again shortly.",
        ),
        LoginErrorCode::Configuration => (
            "La connexion à ce service est mal réglée\u{a0}: ProConnect refuse sa demande. \
             Vous n’y êtes pour rien\u{202f}; prévenez l’assistance de ce service.",
            "Logging in to this service is set up wrongly: ProConnect refuses its request. \
             It is nothing you did; please tell the support of this service.",
        ),
        LoginErrorCode::AccountDisabled => {
            ("Votre compte est désactivé sur ce service.", "Your account is disabled on this service.")
        }
        LoginErrorCode::AccessRefused => because(reason),
        LoginErrorCode::Internal => (
            "Une erreur est survenue de notre côté. Réessayez dans quelques instants.",
            "Something went wrong on our side. Try again shortly.",
        ),
    }
}

fn because(reason: Option<AccessReason>) -> Words {
    match reason {
        Some(AccessReason::Denied) => {
            ("Ce service ne vous est pas ouvert.", "This service is not open to you.")
        }
        Some(AccessReason::EmailDomain) => (
            "Votre adresse électronique n’est pas d’un domaine admis par ce service.",
            "Your e-mail address is not of a domain that this service admits.",
        ),
        Some(AccessReason::Email) => (
            "Votre adresse électronique n’est pas parmi celles admises par ce service.",
            "Your e-mail address is not among those that this service admits.",
        ),
        Some(AccessReason::Organization) => (
            "Votre organisation n’est pas parmi celles admises par ce service.",
            "Your organisation is not among those that this service admits.",
        ),
        Some(AccessReason::IdentityProvider) => (
            "Votre fournisseur d’identité n’est pas parmi ceux admis par ce service.",
            "Your identity provider is not among those that this service admits.",
        ),
        Some(AccessReason::Role) => (
            "Ce service est réservé à d’autres catégories d’organisations que la vôtre.",
            "This service is for other kinds of organisations than yours.",
        ),
        Some(AccessReason::RoleUnknown) => (
            "ProConnect n’a pas pu déterminer la catégorie de votre organisation, dont ce service a besoin. \
             Réessayez plus tard\u{202f}; si cela dure, écrivez à l’assistance.",
            "ProConnect could not find out the kind of your organisation, which this service needs. \
             Try again later; if it lasts, write to support.",
        ),
        Some(AccessReason::NotPrepared) => (
            "Ce service n’admet que les personnes dont l’administration du service a préparé le compte, \
             et le vôtre ne l’est pas.",
            "This service admits only people whose account its operators have prepared, and yours is not.",
        ),
        Some(AccessReason::Custom) | None => (
            "Votre compte ne remplit pas les conditions d’accès à ce service.",
            "Your account does not meet the conditions of this service.",
        ),
    }
}

/// What the person has that a rule is about.
pub(super) fn about(reason: AccessReason, value: &str) -> Words<String> {
    let (french, english) = match reason {
        AccessReason::EmailDomain => ("Votre adresse se termine par @", "Your address ends in @"),
        AccessReason::Email | AccessReason::NotPrepared => ("Votre adresse est ", "Your address is "),
        AccessReason::Organization | AccessReason::RoleUnknown => {
            ("Le SIRET de votre organisation est ", "Your organisation’s SIRET is ")
        }
        AccessReason::IdentityProvider => ("Votre fournisseur d’identité est ", "Your identity provider is "),
        AccessReason::Role => {
            ("La catégorie de votre organisation est ", "The kind of your organisation is ")
        }
        AccessReason::Denied | AccessReason::Custom => {
            ("ProConnect nous a transmis\u{a0}: ", "ProConnect told us: ")
        }
    };
    (format!("{french}{value}."), format!("{english}{value}."))
}

/// The status of the page.
pub(super) fn status(code: LoginErrorCode) -> StatusCode {
    match code {
        LoginErrorCode::AccessDenied
        | LoginErrorCode::AcrNotMet
        | LoginErrorCode::NotAllowed
        | LoginErrorCode::AccountDisabled
        | LoginErrorCode::AccessRefused => StatusCode::FORBIDDEN,
        LoginErrorCode::LoginExpired => StatusCode::BAD_REQUEST,
        LoginErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        LoginErrorCode::ProviderError
        | LoginErrorCode::ProviderUnavailable
        | LoginErrorCode::Configuration => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Whether ProConnect knew the person whom this service refuses: it would log the same one in again without a question.
pub(super) fn offers_another_account(code: LoginErrorCode) -> bool {
    matches!(
        code,
        LoginErrorCode::AcrNotMet
            | LoginErrorCode::NotAllowed
            | LoginErrorCode::AccountDisabled
            | LoginErrorCode::AccessRefused
    )
}
