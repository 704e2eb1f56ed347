// A login at the api alone, which leads to a session token.

import { CookieClient } from '../support/cookies.mjs';
import { openEnvelope } from '../support/fernet.mjs';

/** Logs in as `identity` and returns the session token. */
export async function logIn({ api, issuer, playground }, key, identity) {
  const [browser, provider] = [new CookieClient(), new CookieClient()];
  let url = new URL(`${api}/v1/oauth2/login?origin=${playground}`);
  let form;
  for (let hops = 0; hops < 20; hops += 1) {
    const response = await (url.href.startsWith(issuer) ? provider : browser).fetch(url, { form });
    await response.text();
    const location = response.headers.get('location');
    form = location ? undefined : { identity };
    url = location ? new URL(location, url) : url;
    const envelope = url.searchParams.get('encrypted_token');
    if (envelope) return openEnvelope(key, envelope).app_token;
  }
  throw new Error(`the login ended at ${url.origin}${url.pathname}`);
}
