//! The words of the pages about keys.

use super::Lang;

words! {
    keys_lead: "Une clé permet à vos programmes d’appeler l’API en votre nom." /
        "A key lets your programs call the API on your behalf.";
    key_kept_secret: "Gardez-la secrète\u{a0}: qui la détient agit à votre place." /
        "Keep it secret: whoever holds it acts as you.";
    your_keys: "Vos clés" / "Your keys";
    no_keys: "Vous n’avez pas encore de clé." / "You have no key yet.";
    no_keys_advice: "Donnez un nom à la première ci-dessus\u{a0}: celui du programme qui s’en servira." /
        "Give the first one a name above: that of the program that will use it.";
    no_such_keys: "Aucune clé ne correspond à ce filtre." / "No key matches this filter.";
    show_all_keys: "Afficher toutes les clés" / "Show all keys";

    key_filter: "Filtrer les clés" / "Filter keys";
    keys_all: "Toutes" / "All";
    keys_active: "Actives" / "Active";
    keys_expired: "Expirées" / "Expired";
    keys_revoked: "Révoquées" / "Revoked";

    key_column: "Clé" / "Key";
    key_name: "Nom de la clé" / "Name of the key";
    key_created: "Créée" / "Created";
    key_last_used: "Dernière utilisation" / "Last used";
    key_expires: "Expire" / "Expires";
    key_state: "État" / "State";
    key_actions: "Actions" / "Actions";
    never: "jamais" / "never";
    without_end: "sans date de fin" / "no end date";

    state_active: "Active" / "Active";
    state_expired: "Expirée" / "Expired";
    state_revoked: "Révoquée" / "Revoked";
    state_replaced: "Remplacée" / "Replaced";
    state_grace: "fonctionne encore" / "still works";

    rename: "Renommer" / "Rename";
    rotate: "Remplacer" / "Replace";
    revoke: "Révoquer" / "Revoke";
    the_key: "la clé" / "the key";
    cancel: "Annuler" / "Cancel";
    open_quote: "«\u{a0}" / "“";
    close_quote: "\u{a0}»" / "”";

    pages_of_keys: "Pages de la liste" / "Pages of the list";
    previous_page: "Page précédente" / "Previous page";
    next_page: "Page suivante" / "Next page";

    create_key: "Créer une clé" / "Create a key";
    key_name_hint: "Le programme qui s’en servira, par exemple." / "The program that will use it, for instance.";
    key_lifetime: "Durée de vie" / "Lifetime";
    lifetime_30: "30\u{a0}jours" / "30 days";
    lifetime_90: "90\u{a0}jours" / "90 days";
    lifetime_180: "180\u{a0}jours" / "180 days";
    lifetime_365: "1\u{a0}an" / "1 year";
    lifetime_date: "Jusqu’à une date de mon choix" / "Until a date of my choice";
    lifetime_none: "Sans date de fin" / "No end date";
    last_day: "Dernier jour" / "Last day";
    last_day_hint: "Seulement si vous choisissez une date." / "Only if you choose a date.";
    key_shown_once: "La clé sera affichée une seule fois, juste après." / "The key will be shown once only, right after.";

    name_refused: "Donnez un nom de 1 à 80\u{a0}caractères, sans caractères de contrôle." /
        "Give a name of 1 to 80 characters, without control characters.";
    date_unread: "Indiquez une date, au format AAAA-MM-JJ." / "Give a date, as YYYY-MM-DD.";
    date_passed: "Choisissez une date à venir." / "Choose a date to come.";
    end_required: "Ce service n’admet pas de clé sans date de fin. Choisissez une durée." /
        "This service allows no key without an end date. Choose a lifetime.";
    ends_too_late: "Une clé ne peut pas vivre aussi longtemps ici. Au plus tard\u{a0}:" /
        "A key may not live that long here. At the latest:";

    new_key_title: "Votre nouvelle clé" / "Your new key";
    new_key_ready: "Votre clé est prête. Copiez-la maintenant\u{a0}: elle ne sera plus jamais affichée." /
        "Your key is ready. Copy it now: it will never be shown again.";
    whole_key: "La clé" / "The key";
    keep_key: "Rangez-la dans un gestionnaire de secrets, jamais dans le code ni dans un courriel." /
        "Put it into a secret manager, never into code or an e-mail.";
    try_key: "Essayez-la dans un terminal" / "Try it in a terminal";
    try_key_hint: "La réponse est votre compte, tel que l’API le connaît." /
        "The answer is your account, as the API knows it.";
    key_called: "Nom" / "Name";
    key_copied_go_on: "J’ai copié la clé, revenir à la liste" / "I have copied the key, back to the list";
    copy: "Copier" / "Copy";
    copied: "Copié" / "Copied";
    copy_yourself: "La copie n’a pas marché\u{a0}: le texte est sélectionné, copiez-le vous-même." /
        "Copying did not work: the text is selected, copy it yourself.";
    old_key_ended: "L’ancienne clé ne fonctionne plus." / "The old key no longer works.";
    old_key_goes_on: "L’ancienne clé fonctionne encore jusqu’au" / "The old key still works until";

    rename_key: "Renommer la clé" / "Rename the key";
    new_name: "Nouveau nom" / "New name";
    save: "Enregistrer" / "Save";

    revoke_key: "Révoquer la clé" / "Revoke the key";
    revoke_warning: "Les programmes qui s’en servent perdront leur accès tout de suite. C’est définitif." /
        "Programs that use it will lose their access at once. This cannot be undone.";
    revoke_advice: "Pour changer de clé sans coupure, remplacez-la d’abord." /
        "To change keys without an interruption, replace it first.";

    rotate_key: "Remplacer la clé" / "Replace the key";
    rotate_lead: "Une nouvelle clé prend sa place, avec le même nom et la même durée de vie. \
        L’ancienne peut fonctionner encore un peu, le temps d’installer la nouvelle partout." /
        "A new key takes its place, with the same name and lifetime. \
        The old one may go on for a while, until the new one is in place everywhere.";
    rotate_expired: "Cette clé a expiré\u{a0}: une nouvelle prend sa place, avec le même nom et la même durée de vie." /
        "This key has expired: a new one takes its place, with the same name and lifetime.";
    grace: "L’ancienne clé fonctionne encore" / "The old key goes on for";
    grace_none: "pas du tout\u{a0}: elle s’arrête tout de suite" / "not at all: it ends at once";
    grace_none_hint: "Si elle a fuité, par exemple." / "If it has leaked, for instance.";
    grace_day: "24\u{a0}heures" / "24 hours";
    grace_week: "7\u{a0}jours" / "7 days";
    grace_never_longer: "Jamais au-delà de sa date d’expiration." / "Never beyond its expiry date.";
    shorter_life: "La durée de vie permise ici est devenue plus courte\u{a0}: la nouvelle clé expirera plus tôt, au plus tard le" /
        "Keys may not live as long here as they could: the new key will expire earlier, at the latest on";
    confirm_shorter: "Si cela vous convient, confirmez ci-dessous." / "If that suits you, confirm below.";

    expiring_advice: "Remplacez-la avant\u{a0}: vos programmes perdraient leur accès." /
        "Replace it before that: your programs would lose their access.";
    expiring_keys_advice: "Remplacez-les avant\u{a0}: vos programmes perdraient leur accès." /
        "Replace them before that: your programs would lose their access.";
    ends_within: "expire" / "expires";
    see_keys: "Voir les clés d’API" / "See the API keys";
    next_step: "Appeler l’API" / "Call the API";

    key_renamed: "Le nouveau nom est enregistré." / "The new name is saved.";
    key_revoked: "La clé est révoquée\u{a0}: elle ne donne plus accès à rien." /
        "The key is revoked: it no longer gives access to anything.";
    key_shown_no_more: "Votre nouvelle clé n’est plus affichée. Si vous ne l’avez pas copiée, \
        révoquez-la et créez-en une autre." /
        "Your new key is shown no more. If you have not copied it, revoke it and create another.";
    key_already_made: "Ce formulaire a déjà créé une clé. Elle n’est plus affichée. Si vous ne l’avez pas copiée, \
        révoquez-la et créez-en une autre." /
        "This form has already created a key. It is shown no more. If you have not copied it, \
        revoke it and create another.";
    see_that_key: "Voir cette clé dans la liste" / "See this key in the list";
    too_many_keys: "Vous avez atteint le nombre de clés actives permis ici. \
        Révoquez-en une qui ne sert plus, puis recommencez." /
        "You have reached the number of active keys allowed here. \
        Revoke one that you no longer need, then start again.";
    keys_disabled: "Ce service ne crée plus de clés pour le moment. Celles qui existent restent valables." /
        "This service creates no more keys at the moment. Those that exist stay valid.";
    key_already_replaced: "Cette clé a déjà été remplacée." / "This key has already been replaced.";
    key_was_revoked: "Cette clé est révoquée." / "This key is revoked.";
    too_many_requests: "Trop de demandes en peu de temps. Réessayez dans quelques secondes." /
        "Too many requests in a short time. Try again in a few seconds.";
    not_done: "La demande n’a pas pu être exécutée. Vérifiez le formulaire et envoyez-le à nouveau." /
        "The request could not be carried out. Check the form and send it again.";
}
