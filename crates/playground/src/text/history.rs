//! The words of the page about what happened.

use super::Lang;

words! {
    history_lead: "Ce qui s’est passé sur votre compte. Si vous ne reconnaissez pas une ligne, fermez vos sessions \
        et révoquez vos clés." /
        "What happened to your account. If you do not recognise a line, end your sessions and revoke your keys.";
    your_events: "Événements" / "Events";
    event_at: "Date" / "Date";
    event_what: "Événement" / "Event";
    event_of: "Objet" / "Subject";
    event_from: "Adresse" / "Address";
    event_key: "clé" / "key";
    event_session: "session" / "session";
    event_account: "compte" / "account";
    unknown_address: "adresse inconnue" / "unknown address";
    no_event: "Aucun événement." / "No event.";
    older_events: "Événements plus anciens" / "Older events";
    newest_events: "Revenir aux plus récents" / "Back to the newest";

    login_success: "Connexion" / "Login";
    login_was_refused: "Connexion refusée" / "Login refused";
    login_has_failed: "Connexion échouée" / "Login failed";
    logged_out_event: "Déconnexion" / "Logout";
    session_was_ended: "Session fermée" / "Session ended";
    session_has_expired: "Session expirée" / "Session expired";
    key_was_created: "Clé créée" / "Key created";
    key_was_renamed: "Clé renommée" / "Key renamed";
    key_was_rotated: "Clé remplacée" / "Key replaced";
    key_got_revoked: "Clé révoquée" / "Key revoked";
    key_has_expired: "Clé expirée" / "Key expired";
    user_was_created: "Compte créé" / "Account created";
    user_was_linked: "Compte préparé repris" / "Prepared account taken over";
    user_was_prepared: "Compte confirmé" / "Account confirmed";
    user_role_changed: "Rôle modifié" / "Role changed";
    user_was_disabled: "Compte désactivé" / "Account disabled";
    user_was_enabled: "Compte réactivé" / "Account enabled";
    user_was_merged: "Comptes réunis" / "Accounts merged";
    user_was_exported: "Données remises" / "Data handed over";
    user_was_deleted: "Compte supprimé" / "Account deleted";
    user_may_be_a_duplicate: "Autre compte avec la même adresse" / "Another account with the same address";
    role_has_changed: "Droits d’un rôle modifiés" / "Permissions of a role changed";
    access_has_changed: "Conditions d’accès modifiées" / "Conditions of access changed";
    audit_was_pruned: "Événements anciens effacés" / "Old events removed";

    changed_from: "de" / "from";
    changed_to: "à" / "to";
    replaced_by: "par la clé" / "by key";

    by_owner: "par vous" / "by you";
    by_holder: "par qui détenait le jeton" / "by whoever held the token";
    by_operator: "par l’administration du service" / "by an operator of the service";
    by_login: "par une nouvelle connexion" / "by another login";
    by_logout: "à la déconnexion" / "at the logout";
    by_disabling: "car le compte a été désactivé" / "because the account was disabled";
    by_leak: "car le jeton a été divulgué" / "because the token was leaked";
    by_rotation: "car elle a été remplacée" / "because it was replaced";
    by_access: "car les conditions d’accès ont changé" / "because the conditions of access changed";
}

impl Lang {
    /// What happened, in words; nothing for an event of a later version.
    #[must_use]
    pub fn event(self, name: &str) -> Option<&'static str> {
        Some(match name {
            "login.success" => self.login_success(),
            "login.refused" => self.login_was_refused(),
            "login.failed" => self.login_has_failed(),
            "logout" => self.logged_out_event(),
            "session.ended" => self.session_was_ended(),
            "session.expired" => self.session_has_expired(),
            "key.created" => self.key_was_created(),
            "key.renamed" => self.key_was_renamed(),
            "key.rotated" => self.key_was_rotated(),
            "key.revoked" => self.key_got_revoked(),
            "key.expired" => self.key_has_expired(),
            "user.created" => self.user_was_created(),
            "user.linked" => self.user_was_linked(),
            "user.prepared" => self.user_was_prepared(),
            "user.role_changed" => self.user_role_changed(),
            "user.disabled" => self.user_was_disabled(),
            "user.enabled" => self.user_was_enabled(),
            "user.merged" => self.user_was_merged(),
            "user.exported" => self.user_was_exported(),
            "user.deleted" => self.user_was_deleted(),
            "user.possible_duplicate" => self.user_may_be_a_duplicate(),
            "role.changed" => self.role_has_changed(),
            "access.changed" => self.access_has_changed(),
            "audit.pruned" => self.audit_was_pruned(),
            _ => return None,
        })
    }

    /// What kind of token an event is about; nothing for an event about something else.
    #[must_use]
    pub fn subject(self, name: &str) -> Option<&'static str> {
        match name.split_once('.').map_or(name, |(family, _)| family) {
            "key" => Some(self.event_key()),
            "login" | "logout" | "session" => Some(self.event_session()),
            _ => None,
        }
    }

    /// Why a token ended, in words; nothing where the event says enough.
    #[must_use]
    pub fn reason(self, reason: &str) -> Option<&'static str> {
        Some(match reason {
            "owner" => self.by_owner(),
            "holder" => self.by_holder(),
            "operator" => self.by_operator(),
            "login" => self.by_login(),
            "logout" => self.by_logout(),
            "disabled" => self.by_disabling(),
            "leaked" => self.by_leak(),
            "rotated" => self.by_rotation(),
            "access" => self.by_access(),
            _ => return None,
        })
    }
}
