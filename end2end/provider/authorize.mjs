// The checks that ProConnect makes on an authorization request before its OIDC library gets it. server.mjs calls them.

const required = ['response_type', 'client_id', 'redirect_uri', 'scope', 'state'];

const accepted = [
  ...required,
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'claims',
  'acr_values',
  'login_hint',
  'idp_hint',
  'siret_hint',
  'response_mode',
];

/** The sentence for the error page, or nothing when the request is acceptable. */
export function problem(query) {
  const missing = required.find((name) => !query.get(name));
  if (missing) return `Le paramètre ${missing} est obligatoire.`;
  if (!/^https?:\/\/[^/].+$/.test(query.get('redirect_uri'))) return 'redirect_uri doit être une URL.';
  const hint = query.get('login_hint');
  if (hint !== null && !/^[^@\s]+@[^@\s]+$/.test(hint)) {
    return 'Le login_hint doit être une adresse email valide.';
  }
  return undefined;
}

/** Drops unknown parameters, and every `prompt` except `none`: the SSO session is reused anyway. */
export function sanitized(query) {
  const kept = [...query].filter(([name]) => accepted.includes(name));
  if (query.get('prompt') === 'none') kept.push(['prompt', 'none']);
  return new URLSearchParams(kept);
}
