//! The words of the page that tries the API.

use super::Lang;

words! {
    try_api: "Essayer l’API" / "Try the API";
    try_lead: "Envoyez une première requête sans rien installer, et voyez la réponse." /
        "Send a first request without installing anything, and see the answer.";
    the_request: "La requête" / "The request";
    sent_with: "Envoyer avec" / "Send with";
    with_session: "Ma session" / "My session";
    with_session_hint: "Le jeton de votre connexion\u{a0}; rien à copier." / "The token of your login; nothing to copy.";
    with_key: "Une clé d’API" / "An API key";
    pasted_key: "Clé" / "Key";
    pasted_key_hint: "Elle sert à cette requête seulement\u{a0}: elle n’est ni enregistrée ni affichée." /
        "It serves for this request only: it is neither stored nor shown.";
    no_key_pasted: "Collez une clé, ou choisissez «\u{a0}Ma session\u{a0}»." / "Paste a key, or choose “My session”.";
    key_unreadable: "Ce n’est pas une clé\u{a0}: elle commence par «\u{a0}sk-\u{a0}» et ne contient pas d’espace." /
        "This is no key: one begins with “sk-” and contains no space.";
    send_request: "Envoyer la requête" / "Send the request";
    the_answer: "La réponse" / "The answer";
    answer_status: "Statut" / "Status";
    answer_time: "Durée" / "Time";
    milliseconds: "ms" / "ms";
    answer_headers: "En-têtes" / "Headers";
    answer_body: "Corps" / "Body";
    empty_body: "La réponse n’a pas de corps." / "The answer has no body.";
    binary_body: "Le corps n’est pas du texte\u{a0}; il n’est pas affiché." / "The body is no text; it is not shown.";
    cut_body: "Le corps est plus long\u{a0}: seul son début est affiché." /
        "The body is longer: only its beginning is shown.";
    hidden_token: "[jeton masqué]" / "[token hidden]";
    answer_ok: "L’API a répondu\u{a0}: tout fonctionne." / "The API answered: everything works.";
    answer_redirect: "L’API renvoie ailleurs. L’adresse de l’en-tête Location n’a pas été suivie." /
        "The API points elsewhere. The address in the Location header was not followed.";
    answer_unauthorized: "L’API ne reconnaît pas cette clé. Elle est peut-être mal copiée, expirée ou révoquée\u{a0}: \
        vérifiez-la dans la liste de vos clés." /
        "The API does not recognise this key. It may be miscopied, expired or revoked: check it in the list of your keys.";
    answer_forbidden: "L’API vous reconnaît, mais vous n’avez pas le droit de faire cette requête. \
        Demandez-le à l’assistance du service." /
        "The API recognises you, but you may not make this request. Ask the service’s support.";
    answer_too_many: "L’API reçoit trop de requêtes. Réessayez dans quelques secondes." /
        "The API receives too many requests. Try again in a few seconds.";
    answer_refused: "L’API refuse cette requête. Sa réponse dit pourquoi." /
        "The API refuses this request. Its answer says why.";
    answer_failed: "L’API a rencontré une erreur. Réessayez dans un instant." /
        "The API met an error. Try again in a moment.";
    no_answer: "L’API n’a pas répondu. Réessayez dans un instant\u{a0}; si cela dure, prévenez l’assistance." /
        "The API did not answer. Try again in a moment; if it lasts, tell support.";
    no_answer_in_time: "L’API n’a pas répondu à temps (10\u{a0}secondes). Réessayez dans un instant." /
        "The API did not answer in time (10 seconds). Try again in a moment.";
    from_programs: "Depuis vos programmes" / "From your programs";
    from_programs_lead: "La même requête, avec une clé dans la variable d’environnement API_KEY." /
        "The same request, with a key in the environment variable API_KEY.";
    create_key_first: "Créer une clé" / "Create a key";
}
