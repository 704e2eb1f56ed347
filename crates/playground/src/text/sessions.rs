//! The words of the pages about sessions.

use super::Lang;

words! {
    sessions_lead: "Chaque connexion ouvre une session. Fermez celles que vous ne reconnaissez pas." /
        "Each login opens a session. End those that you do not recognise.";
    your_sessions: "Vos sessions ouvertes" / "Your open sessions";
    session_device: "Appareil" / "Device";
    session_application: "Application" / "Application";
    session_opened: "Connexion" / "Logged in";
    session_seen: "Dernière activité" / "Last seen";
    session_address: "Réseau" / "Network";
    session_expires: "Expire" / "Expires";
    session_actions: "Actions" / "Actions";
    this_session: "Cette session" / "This session";
    this_application: "cette application" / "this application";
    unknown_device: "Appareil inconnu" / "Unknown device";
    device_on: "sur" / "on";
    unknown: "inconnu" / "unknown";
    unknown_time: "inconnue" / "unknown";
    end_it: "Fermer" / "End";
    the_session: "la session" / "the session";

    end_session: "Fermer la session" / "End the session";
    end_session_warning: "Cet appareil devra se reconnecter avec ProConnect. Vos clés d’API restent valables." /
        "That device will have to log in again with ProConnect. Your API keys stay valid.";

    end_others: "Déconnecter mes autres sessions" / "Log out my other sessions";
    end_others_lead: "Toutes vos sessions se ferment, sauf celle-ci." / "All your sessions end but this one.";
    no_other_session: "Aucune autre session n’est ouverte." / "No other session is open.";
    end_keys_too: "Révoquer aussi toutes mes clés d’API" / "Revoke all my API keys, too";
    end_keys_too_hint: "Vos programmes perdront leur accès tout de suite. C’est définitif." /
        "Your programs will lose their access at once. This cannot be undone.";
    log_them_out: "Déconnecter" / "Log out";

    one_session_ended: "La session est fermée." / "The session has ended.";
    other_sessions_ended: "Vos autres sessions sont fermées." / "Your other sessions have ended.";
    sessions_and_keys_ended: "Vos autres sessions sont fermées et vos clés d’API révoquées." /
        "Your other sessions have ended and your API keys are revoked.";
}
