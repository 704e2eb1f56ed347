// The logout chain: ProConnect sends the browser to the agent's organisation first, then ends its own session.

import { identityBySubject } from './identities.mjs';

const ORGANISATION_LOGOUT = '/organisation/logout';

/** The organisation is on another origin, as in reality: a CSP cannot list it in advance. */
function organisation(issuer) {
  const url = new URL(ORGANISATION_LOGOUT, issuer);
  if (url.hostname === '127.0.0.1') url.hostname = 'localhost';
  return url;
}

/**
 * The URL to which a browser that asks for `/session/end` is redirected. Nothing when ProConnect's own page comes next,
 * because there is no session or the browser comes back from the organisation.
 */
export async function detour({ provider, signedOut }, request, response, query) {
  if (query.has('from_idp')) return undefined;
  const session = await provider.Session.get(provider.createContext(request, response));
  if (!session.accountId) return undefined;
  signedOut.add(session.uid);
  const url = organisation(provider.issuer);
  // ProConnect keeps the query in its session; here it makes the round trip in `state`.
  url.searchParams.set('state', query.toString());
  if (identityBySubject(session.accountId).logoutReturns === false) url.searchParams.set('dead-end', '');
  return url.href;
}

export const isOrganisationLogout = (path) => path === ORGANISATION_LOGOUT;

/** The organisation's answer: the URL back to ProConnect, or nothing when it does not send the browser back. */
export function organisationAnswer(issuer, query) {
  if (query.has('dead-end')) return undefined;
  return `${issuer}/client/logout-callback?${new URLSearchParams({ state: query.get('state') ?? '' })}`;
}

/** After the organisation: the application's own logout request again, with a mark that says so. */
export function resumed(issuer, query) {
  const original = new URLSearchParams(query.get('state') ?? '');
  original.set('from_idp', 'true');
  return `${issuer}/session/end?${original}`;
}
