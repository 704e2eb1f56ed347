//! What people are told of a login that did not succeed, on the pages of both servers.

use crate::access::AccessReason;
use crate::login::LoginErrorCode;

/// The same words in French and in English.
pub type Words<S = &'static str> = (S, S);

impl LoginErrorCode {
    /// What people are told.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::AccessDenied => {
                ("La connexion a été annulée ou refusée.", "The login was cancelled or refused.")
            }
            Self::AcrNotMet => (
                "Votre mode de connexion n’offre pas le niveau de sécurité requis. \
                 Activez la double authentification auprès de votre organisation, puis réessayez.",
                "The way you logged in does not offer the required level of security (two-factor authentication). \
                 Ask your organisation to turn it on, then try again.",
            ),
            Self::NotAllowed => {
                ("Votre compte n’a pas accès à ce service.", "Your account has no access to this service.")
            }
            Self::LoginExpired => (
                "Votre demande de connexion a expiré ou a déjà servi. Recommencez.",
                "Your login has expired or was already used. Please start again.",
            ),
            Self::ProviderError => (
                "Votre fournisseur d’identité n’a pas pu vous connecter. \
                 Réessayez plus tard ou contactez votre service informatique.",
                "Your identity provider could not log you in. Try again later or contact your IT department.",
            ),
            Self::ProviderUnavailable => (
                "ProConnect ne répond pas pour le moment. Réessayez dans quelques instants.",
                "ProConnect does not answer at the moment. Try again shortly.",
            ),
            Self::Configuration => (
                "La connexion à ce service est mal réglée\u{a0}: ProConnect refuse sa demande. \
                 Vous n’y êtes pour rien\u{202f}; prévenez l’assistance de ce service.",
                "Logging in to this service is set up wrongly: ProConnect refuses its request. \
                 It is nothing you did; please tell the support of this service.",
            ),
            Self::AccountDisabled => {
                ("Votre compte est désactivé sur ce service.", "Your account is disabled on this service.")
            }
            Self::AccessRefused => AccessReason::Custom.words(),
            Self::Internal => (
                "Une erreur est survenue de notre côté. Réessayez dans quelques instants.",
                "Something went wrong on our side. Try again shortly.",
            ),
        }
    }

    /// Whether ProConnect knew the person whom this service refuses: it would log the same one in again without a question, so the
    /// page offers a way to be somebody else.
    #[must_use]
    pub fn offers_another_account(self) -> bool {
        matches!(self, Self::AcrNotMet | Self::NotAllowed | Self::AccountDisabled | Self::AccessRefused)
    }
}

impl AccessReason {
    /// What people are told.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::Denied => ("Ce service ne vous est pas ouvert.", "This service is not open to you."),
            Self::EmailDomain => (
                "Votre adresse électronique n’est pas d’un domaine admis par ce service.",
                "Your e-mail address is not of a domain that this service admits.",
            ),
            Self::Email => (
                "Votre adresse électronique n’est pas parmi celles admises par ce service.",
                "Your e-mail address is not among those that this service admits.",
            ),
            Self::Organization => (
                "Votre organisation n’est pas parmi celles admises par ce service.",
                "Your organisation is not among those that this service admits.",
            ),
            Self::IdentityProvider => (
                "Votre fournisseur d’identité n’est pas parmi ceux admis par ce service.",
                "Your identity provider is not among those that this service admits.",
            ),
            Self::Role => (
                "Ce service est réservé à d’autres catégories d’organisations que la vôtre.",
                "This service is for other kinds of organisations than yours.",
            ),
            Self::RoleUnknown => (
                "ProConnect n’a pas pu déterminer la catégorie de votre organisation, dont ce service a besoin. \
                 Réessayez plus tard\u{202f}; si cela dure, écrivez à l’assistance.",
                "ProConnect could not find out the kind of your organisation, which this service needs. \
                 Try again later; if it lasts, write to support.",
            ),
            Self::NotPrepared => (
                "Ce service n’admet que les personnes dont l’administration du service a préparé le compte, \
                 et le vôtre ne l’est pas.",
                "This service admits only people whose account its operators have prepared, and yours is not.",
            ),
            Self::Custom => (
                "Votre compte ne remplit pas les conditions d’accès à ce service.",
                "Your account does not meet the conditions of this service.",
            ),
        }
    }

    /// What the person has that the rule is about.
    #[must_use]
    pub fn words_about(self, value: &str) -> Words<String> {
        let (french, english) = match self {
            Self::EmailDomain => ("Votre adresse se termine par @", "Your address ends in @"),
            Self::Email | Self::NotPrepared => ("Votre adresse est ", "Your address is "),
            Self::Organization | Self::RoleUnknown => {
                ("Le SIRET de votre organisation est ", "Your organisation’s SIRET is ")
            }
            Self::IdentityProvider => ("Votre fournisseur d’identité est ", "Your identity provider is "),
            Self::Role => ("La catégorie de votre organisation est ", "The kind of your organisation is "),
            Self::Denied | Self::Custom => ("ProConnect nous a transmis\u{a0}: ", "ProConnect told us: "),
        };
        (format!("{french}{value}."), format!("{english}{value}."))
    }
}
