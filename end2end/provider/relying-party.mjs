// An application that logs in at the stand-in, for its tests.

import { createHash, randomBytes } from 'node:crypto';

import { createRemoteJWKSet, jwtVerify } from 'jose';

import { CookieClient } from '../support/cookies.mjs';
import { clientSecret } from './clients.mjs';

export const redirectUri = 'http://localhost:8000/v1/oauth2/callback';
export const postLogoutRedirectUri = 'http://localhost:3000/logged-out';
export const scope = 'openid given_name usual_name email siret organization_label roles';

const random = () => randomBytes(32).toString('base64url');
const isOurs = (url) => url.href.startsWith(redirectUri);

export class RelyingParty {
  constructor(issuer, clientId = 'passerelle-es256') {
    this.issuer = issuer;
    this.clientId = clientId;
    this.browser = new CookieClient();
  }

  /** Sends the authorization request. `changes` replaces parameters; `undefined` removes one. */
  authorize(changes = {}) {
    this.verifier = random();
    this.nonce = random();
    const parameters = {
      response_type: 'code',
      client_id: this.clientId,
      redirect_uri: redirectUri,
      scope,
      state: random(),
      nonce: this.nonce,
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...changes,
    };
    const present = Object.entries(parameters).filter(([, value]) => value !== undefined);
    return this.browser.fetch(`${this.issuer}/authorize?${new URLSearchParams(present)}`);
  }

  /** Logs in, with `form` as the answer to the choice page if there is one, and returns the callback's parameters. */
  async callback(form, changes) {
    let response = await this.authorize(changes);
    if (form) {
      const location = new URL(response.headers.get('location'), this.issuer);
      response = await this.browser.fetch(location, { form });
    }
    return (await this.browser.follow(response, isOurs)).searchParams;
  }

  async tokens(code, changes = {}) {
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        client_id: this.clientId,
        client_secret: clientSecret(this.clientId),
        code_verifier: this.verifier,
        ...changes,
      }),
    });
    return { status: response.status, ...await response.json() };
  }

  async login(identity, changes) {
    return this.tokens((await this.callback({ identity }, changes)).get('code'));
  }

  userinfo(accessToken) {
    return fetch(`${this.issuer}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } });
  }

  verify(jwt, algorithm) {
    const keys = createRemoteJWKSet(new URL(`${this.issuer}/jwks`));
    return jwtVerify(jwt, keys, {
      issuer: this.issuer,
      audience: this.clientId,
      algorithms: [algorithm],
    });
  }

  /** Whether the SSO session would log this browser in without asking. */
  async isSignedIn() {
    return (await this.callback(undefined, { prompt: 'none' })).has('code');
  }

  endSessionUrl(idToken, state = random()) {
    return `${this.issuer}/session/end?${new URLSearchParams({
      id_token_hint: idToken,
      client_id: this.clientId,
      post_logout_redirect_uri: postLogoutRedirectUri,
      state,
    })}`;
  }
}
