//! What the page says itself, in French and English. The descriptions of calls and fields are in English alone.

/// The words of one language.
pub(super) struct Words {
    pub(super) lang: &'static str,
    pub(super) title: &'static str,
    pub(super) skip: &'static str,
    pub(super) version: &'static str,
    pub(super) lead: &'static str,
    pub(super) machine: &'static str,
    pub(super) other_language: (&'static str, &'static str),
    pub(super) contents: &'static str,
    pub(super) needs_token: &'static str,
    pub(super) for_browsers: &'static str,
    pub(super) parameters: &'static str,
    pub(super) body: &'static str,
    pub(super) answers: &'static str,
    pub(super) headers: &'static str,
    pub(super) example: &'static str,
    pub(super) with_curl: &'static str,
    pub(super) required: &'static str,
    pub(super) places: [(&'static str, &'static str); 3],
    pub(super) list_of: &'static str,
    pub(super) or_null: &'static str,
    pub(super) one_of: &'static str,
    pub(super) problems: &'static str,
    pub(super) about_problems: &'static str,
    pub(super) schemas: &'static str,
    pub(super) about_schemas: &'static str,
    tags: [(&'static str, &'static str); 8],
}

impl Words {
    pub(super) fn of(in_english: bool) -> &'static Self {
        if in_english { &ENGLISH } else { &FRENCH }
    }

    /// The title of a group of calls. One that nobody has translated keeps its name.
    pub(super) fn tag<'a>(&self, name: &'a str) -> &'a str {
        self.tags.iter().find(|(tag, _)| *tag == name).map_or(name, |(_, title)| title)
    }

    /// Where a parameter is.
    pub(super) fn place<'a>(&self, name: &'a str) -> &'a str {
        self.places.iter().find(|(place, _)| *place == name).map_or(name, |(_, words)| words)
    }
}

static FRENCH: Words = Words {
    lang: "fr",
    title: "Documentation de l’API",
    skip: "Aller au contenu",
    version: "Version",
    lead: "Les appels, ce qu’ils prennent, ce qu’ils répondent et ce qu’ils refusent. Les descriptions viennent du code\u{a0}; \
        elles sont en anglais.",
    machine: "Description OpenAPI pour les programmes",
    other_language: ("en", "English"),
    contents: "Sommaire",
    needs_token: "Demande un jeton d’API",
    for_browsers: "Un navigateur reçoit une page au lieu de ce corps.",
    parameters: "Paramètres",
    body: "Corps de la requête",
    answers: "Réponses",
    headers: "En-têtes\u{a0}:",
    example: "Exemple",
    with_curl: "Avec curl",
    required: "obligatoire",
    places: [("query", "dans l’URL"), ("path", "dans le chemin"), ("header", "en-tête")],
    list_of: "liste de",
    or_null: "ou null",
    one_of: "parmi",
    problems: "Refus",
    about_problems: "Tout refus est en <code>application/problem+json</code>. Le code est pour les programmes, le détail pour les \
        personnes\u{a0}; un code a le même statut partout, sauf <code>invalid_query</code>.",
    schemas: "Objets",
    about_schemas: "Les corps JSON que les appels prennent et donnent.",
    tags: [
        ("login", "Connexion et déconnexion"),
        ("me", "La personne"),
        ("keys", "Clés d’API"),
        ("sessions", "Sessions et journal"),
        ("applications", "Applications protégées"),
        ("services", "Pour les services et les proxys"),
        ("health", "État du service"),
        ("documentation", "Documentation"),
    ],
};

static ENGLISH: Words = Words {
    lang: "en",
    title: "API documentation",
    skip: "Skip to the content",
    version: "Version",
    lead: "The calls, what they take, what they answer and what they refuse. It is generated from the code.",
    machine: "OpenAPI description for programs",
    other_language: ("fr", "Français"),
    contents: "Contents",
    needs_token: "Needs an API token",
    for_browsers: "A browser gets a page instead of this body.",
    parameters: "Parameters",
    body: "Body of the request",
    answers: "Answers",
    headers: "Headers:",
    example: "Example",
    with_curl: "With curl",
    required: "required",
    places: [("query", "in the URL"), ("path", "in the path"), ("header", "header")],
    list_of: "list of",
    or_null: "or null",
    one_of: "one of",
    problems: "Refusals",
    about_problems: "Every refusal is <code>application/problem+json</code>. The code is for programs, the detail for people; a code has \
        one status everywhere, except <code>invalid_query</code>.",
    schemas: "Objects",
    about_schemas: "The JSON bodies that calls take and give.",
    tags: [
        ("login", "Log in and out"),
        ("me", "The person"),
        ("keys", "API keys"),
        ("sessions", "Sessions and history"),
        ("applications", "Protected applications"),
        ("services", "For services and proxies"),
        ("health", "State of the service"),
        ("documentation", "Documentation"),
    ],
};
