//! All words of the pages, French and English side by side.
//!
//! French typography: `’` for the apostrophe, U+202F before `?`, `!` and `;`, U+00A0 before `:` and inside quotation marks.
//! Four sentences are kept to the letter, because other programs or ProConnect's guidelines know them: see `KEPT` in the
//! tests below. The words of a family of pages have a file of their own below `text/`.

/// The languages of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// French, for everybody who does not ask for English.
    #[default]
    Fr,
    /// English.
    En,
}

/// Words, and sentences about a value, which stands where they have `{}`.
macro_rules! words {
    ($($name:ident $(($value:ident))?: $fr:literal / $en:literal;)*) => {
        #[cfg(test)]
        pub(crate) const FRENCH: &[&str] = &[$($fr,)*];

        impl Lang {
            $(words! { @one $name $(($value))?: $fr / $en })*
        }
    };
    (@one $name:ident: $fr:literal / $en:literal) => {
        #[doc = concat!("« ", $fr, " »")]
        #[must_use]
        pub fn $name(self) -> &'static str {
            match self {
                Self::Fr => $fr,
                Self::En => $en,
            }
        }
    };
    (@one $name:ident ($value:ident): $fr:literal / $en:literal) => {
        #[doc = concat!("« ", $fr, " »")]
        #[must_use]
        pub fn $name(self, $value: &str) -> String {
            match self {
                Self::Fr => format!($fr, $value),
                Self::En => format!($en, $value),
            }
        }
    };
}

mod counted;
mod history;
mod keys;
mod sessions;
mod try_api;

words! {
    code: "fr" / "en";
    name_of_itself: "Français" / "English";
    error_prefix: "Erreur\u{a0}: " / "Error: ";

    skip_link: "Aller au contenu" / "Skip to content";
    navigation: "Navigation principale" / "Main";
    my_account: "Mon compte" / "My account";
    api_keys: "Clés d’API" / "API keys";
    my_sessions: "Sessions" / "Sessions";
    history: "Journal" / "History";
    legal_notice: "Mentions légales" / "Legal notice";
    privacy: "Données personnelles" / "Personal data";
    service_status: "État du service" / "Service status";
    accessibility_none: "Accessibilité\u{a0}: non conforme" / "Accessibility: not compliant";
    accessibility_partial: "Accessibilité\u{a0}: partiellement conforme" / "Accessibility: partially compliant";
    accessibility_full: "Accessibilité\u{a0}: totalement conforme" / "Accessibility: fully compliant";
    cookies: "Seuls sont déposés les cookies nécessaires à la connexion et au choix de la langue." /
        "Only the cookies that logging in and your choice of language need are set.";

    error: "Erreur" / "Error";
    warning: "Attention" / "Warning";
    success: "C’est fait" / "Done";
    information: "À savoir" / "Good to know";
    contact: "Besoin d’aide\u{202f}? Écrivez à" / "Need help? Write to";
    contact_page: "Besoin d’aide\u{202f}?" / "Need help?";
    contact_page_link: "Contactez l’assistance" / "Contact support";
    home: "Revenir à l’accueil" / "Back to the home page";

    login_title: "Connexion" / "Log in";
    log_in_to: "Connexion à" / "Log in to";
    login_lead: "Identifiez-vous avec votre compte professionnel." / "Log in with your work account.";
    login_with: "S'identifier avec" / "Log in with";
    what_is_proconnect: "Qu’est-ce que ProConnect\u{202f}?" / "What is ProConnect?";
    new_window: "nouvelle fenêtre" / "new window";
    who_title: "Pour qui\u{202f}?" / "Who is it for?";
    who: "Ce service s’adresse aux agents publics. Votre organisation vérifie votre identité\u{a0}: \
        vous n’avez ni compte à créer ni mot de passe à retenir ici." /
        "This service is for public-sector staff. Your organisation checks who you are: \
        you need no account and no password here.";
    data_title: "Quelles données\u{202f}?" / "Which data?";
    data: "ProConnect nous transmet, et nous conservons\u{a0}:" / "ProConnect gives us, and we keep:";
    datum_name: "votre prénom et votre nom" / "your first name and surname";
    datum_email: "votre adresse électronique" / "your e-mail address";
    datum_organization: "le nom de votre organisation" / "the name of your organisation";
    datum_siret: "son numéro SIRET" / "its SIRET number";
    datum_identity_provider: "son fournisseur d’identité" / "its identity provider";
    datum_roles: "sa catégorie de service public" / "its kind of public service";
    datum_login: "votre identifiant ProConnect et le mode d’authentification" /
        "your ProConnect identifier and the way you authenticated";
    no_password: "Nous ne voyons jamais votre mot de passe." / "We never see your password.";

    cookies_title: "Cookies refusés" / "Cookies refused";
    cookies_refused: "Votre navigateur n’a pas conservé les cookies nécessaires à la connexion. \
        Autorisez-les pour ce site, puis recommencez." /
        "Your browser did not keep the cookies that logging in needs. Allow them for this site, then start again.";

    account_title: "Votre compte" / "Your account";
    account_lead: "Connexion établie avec ProConnect." / "Logged in with ProConnect.";
    email: "Adresse électronique" / "E-mail address";
    organization: "Organisation" / "Organisation";
    siret: "SIRET" / "SIRET number";
    role: "Rôle" / "Role";
    session_end: "Fin de la session" / "Session ends";
    not_given: "non communiqué" / "not provided";
    paris_time: "(heure\u{a0}de\u{a0}Paris)" / "(Paris\u{a0}time)";

    log_out: "Se déconnecter" / "Log out";
    logging_out: "Déconnexion en cours..." / "Logging out...";
    logging_out_detail: "Vous allez être redirigé vers ProConnect pour fermer votre session." /
        "You are being redirected to ProConnect to close your session.";
    go_on: "Si rien ne se passe, continuez vers ProConnect" / "If nothing happens, continue to ProConnect";

    logout_lead: "Fermez votre session sur ce service et chez ProConnect." /
        "Close your session on this service and with ProConnect.";
    logout_title: "Déconnexion" / "Log out";
    logged_out_title: "Déconnexion" / "Logged out";
    close_page: "Vous pouvez fermer cette page." / "You can close this page.";

    unavailable_title: "Service momentanément indisponible" / "Service temporarily unavailable";
    unavailable: "Vos informations ne peuvent pas être affichées pour le moment. \
        Votre session est conservée\u{a0}: réessayez dans quelques instants." /
        "Your details cannot be shown at the moment. \
        Your session is kept: try again in a moment.";
    retry: "Réessayer" / "Try again";

    not_found_title: "Page introuvable" / "Page not found";
    not_found: "L’adresse demandée n’existe pas ou n’existe plus." /
        "The address does not exist, or no longer does.";
    method_not_allowed_title: "Action impossible" / "Not possible";
    method_not_allowed: "Cette adresse ne répond pas à ce type de demande." /
        "This address does not take this kind of request.";
    forbidden_title: "Action refusée" / "Refused";
    forbidden: "La demande ne vient pas de ce site. Pour votre sécurité, elle n’a pas été exécutée." /
        "The request does not come from this site. For your safety it was not carried out.";

    login_failed: "La connexion n'a pas pu aboutir. Reconnectez-vous." /
        "The login could not be completed. Please log in again.";
    another_account: "Utiliser un autre compte" / "Use another account";
    session_ended: "Votre session a pris fin. Reconnectez-vous." /
        "Your session has ended. Please log in again.";
    still_connected: "Votre connexion était déjà établie\u{a0}: cette page est à jour." /
        "You were already logged in: this page is up to date.";
    logged_out: "Vous êtes déconnecté." / "You are logged out.";
    logged_out_here: "Aucune session n’est ouverte sur ce site." / "No session is open on this site.";
    logout_unconfirmed:
        "Vous êtes déconnecté de cette application, mais ProConnect n'a pas confirmé la déconnexion." /
        "You are logged out of this application, but ProConnect has not confirmed that it logged you out.";
    finish_logout: "Terminer la déconnexion auprès de ProConnect" / "Finish logging out of ProConnect";
    logout_unfinished_advice: "Votre session ProConnect est peut-être encore ouverte\u{a0}: quelqu’un d’autre \
        pourrait s’en servir sur cet ordinateur." /
        "Your ProConnect session may still be open: somebody else could use it on this computer.";
    logout_unconfirmed_advice: "Pour terminer aussi votre session ProConnect, fermez votre navigateur." /
        "To end your ProConnect session too, close your browser.";
}

impl Lang {
    /// The language a component speaks: on the server the one of the request, in the browser the one of the
    /// page.
    #[must_use]
    pub fn current() -> Self {
        #[cfg(feature = "ssr")]
        let lang = leptos::prelude::use_context();
        #[cfg(not(feature = "ssr"))]
        let lang = leptos::prelude::document()
            .document_element()
            .and_then(|page| page.get_attribute("lang"))
            .and_then(|code| (code == Self::En.code()).then_some(Self::En));
        lang.unwrap_or_default()
    }

    /// The name of a month, 1 being January.
    #[must_use]
    pub fn month(self, number: usize) -> Option<&'static str> {
        const MONTHS: [(&str, &str); 12] = [
            ("janvier", "January"),
            ("février", "February"),
            ("mars", "March"),
            ("avril", "April"),
            ("mai", "May"),
            ("juin", "June"),
            ("juillet", "July"),
            ("août", "August"),
            ("septembre", "September"),
            ("octobre", "October"),
            ("novembre", "November"),
            ("décembre", "December"),
        ];
        MONTHS.get(number.checked_sub(1)?).map(|words| self.of(*words))
    }

    /// The words in this language, of the same in French and in English.
    #[must_use]
    pub fn of<S>(self, (french, english): (S, S)) -> S {
        match self {
            Self::Fr => french,
            Self::En => english,
        }
    }

    /// The language of this code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Fr, Self::En].into_iter().find(|lang| lang.code() == code)
    }

    /// The one that the page does not speak.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Fr => Self::En,
            Self::En => Self::Fr,
        }
    }
}

#[cfg(test)]
mod tests {
    use contract::{AccessReason, LoginErrorCode};

    use super::*;

    /// The words of ProConnect's button, and those of OpenGateLLM's page.
    const KEPT: [&str; 4] = [
        "S'identifier avec",
        "La connexion n'a pas pu aboutir. Reconnectez-vous.",
        "Vous êtes déconnecté de cette application, mais ProConnect n'a pas confirmé la déconnexion.",
        "Déconnexion en cours...",
    ];

    #[test]
    fn french_is_set_as_the_french_do() {
        let logins = LoginErrorCode::ALL.iter().map(|code| code.words().0);
        let rules = AccessReason::ALL.iter().map(|reason| reason.words().0);
        let mut all = [FRENCH, history::FRENCH, keys::FRENCH, sessions::FRENCH, try_api::FRENCH].concat();
        all.extend(logins.chain(rules));
        let about: Vec<String> = AccessReason::ALL.iter().map(|reason| reason.words_about("x").0).collect();
        all.extend(about.iter().map(String::as_str));
        for words in all.iter().filter(|words| !KEPT.contains(words)) {
            for wrong in ["'", "...", " ?", " !", " ;", " :", "« ", " »", "\u{a0}?", "\u{202f}:"] {
                assert!(!words.contains(wrong), "{wrong:?} is in {words:?}");
            }
        }
        for kept in KEPT {
            assert!(FRENCH.contains(&kept), "{kept}");
        }
    }
}
