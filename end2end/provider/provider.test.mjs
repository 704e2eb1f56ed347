// The stand-in behaves like ProConnect wherever an application can see a difference.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { identityById } from './identities.mjs';
import { redirectUri, RelyingParty, scope } from './relying-party.mjs';
import { running } from './running.mjs';

const camille = identityById('camille').claims;
const provider = running();
let issuer;

before(async () => { ({ issuer } = await provider.start()); });
after(() => provider.discard());

describe('discovery', () => {
  test('describes the same endpoints and features as ProConnect', async () => {
    const response = await fetch(`${issuer}/.well-known/openid-configuration`);
    const metadata = await response.json();
    assert.equal(response.headers.get('cache-control'), 'public, max-age=600');
    assert.match(metadata.issuer, /\/api\/v2$/);
    assert.equal(metadata.authorization_endpoint, `${issuer}/authorize`);
    assert.equal(metadata.token_endpoint, `${issuer}/token`);
    assert.equal(metadata.userinfo_endpoint, `${issuer}/userinfo`);
    assert.equal(metadata.end_session_endpoint, `${issuer}/session/end`);
    assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
    assert.ok(metadata.authorization_response_iss_parameter_supported);
    assert.ok(metadata.token_endpoint_auth_methods_supported.includes('client_secret_post'));
    for (const absent of ['profile', 'offline_access']) {
      assert.ok(!metadata.scopes_supported.includes(absent));
    }
    for (const absent of ['name', 'family_name', 'preferred_username', 'email_verified']) {
      assert.ok(!metadata.claims_supported.includes(absent));
    }
  });

  test('publishes one key for each algorithm, and no private part', async () => {
    const { keys } = await (await fetch(`${issuer}/jwks`)).json();
    assert.deepEqual(keys.map(({ alg }) => alg).sort(), ['ES256', 'RS256']);
    for (const key of keys) assert.equal(key.d, undefined);
  });
});

describe('login', () => {
  for (const algorithm of ['ES256', 'RS256']) {
    test(`an ${algorithm} client gets ID token and userinfo signed with ${algorithm}`, async () => {
      const party = new RelyingParty(issuer, `passerelle-${algorithm.toLowerCase()}`);
      const callback = await party.callback({ identity: 'camille' });
      assert.equal(callback.get('iss'), issuer);
      const tokens = await party.tokens(callback.get('code'));
      assert.equal(tokens.expires_in, 3600);
      assert.ok(tokens.refresh_token);

      const { payload: idToken } = await party.verify(tokens.id_token, algorithm);
      assert.equal(idToken.nonce, party.nonce);
      for (const absent of ['email', 'given_name', 'acr', 'amr']) assert.equal(idToken[absent], undefined);

      const userinfo = await party.userinfo(tokens.access_token);
      assert.match(userinfo.headers.get('content-type'), /^application\/jwt/);
      const { payload } = await party.verify(await userinfo.text(), algorithm);
      const { sub, given_name, usual_name, email, siret, organization_label, roles } = payload;
      const { uid: _notAsked, ...expected } = camille;
      assert.deepEqual({ sub, given_name, usual_name, email, siret, organization_label, roles }, expected);
      assert.equal(payload.uid, undefined);
      assert.equal(idToken.sub, sub);
    });
  }

  test('a client without a userinfo algorithm gets plain JSON', async () => {
    const party = new RelyingParty(issuer, 'passerelle-json');
    const tokens = await party.login('zoe');
    const userinfo = await party.userinfo(tokens.access_token);
    assert.match(userinfo.headers.get('content-type'), /^application\/json/);
    assert.equal((await userinfo.json()).given_name, 'Zoë-Łucja');
  });

  test('PKCE is optional, but a wrong verifier is refused', async () => {
    const without = new RelyingParty(issuer);
    const none = { code_challenge: undefined, code_challenge_method: undefined };
    const { code } = Object.fromEntries(await without.callback({ identity: 'camille' }, none));
    without.verifier = '';
    assert.equal((await without.tokens(code)).status, 200);

    const party = new RelyingParty(issuer);
    const callback = await party.callback({ identity: 'camille' });
    const answer = await party.tokens(callback.get('code'), { code_verifier: 'x'.repeat(43) });
    assert.deepEqual([answer.status, answer.error], [400, 'invalid_grant']);
  });

  test('the unknown scope `profile` is dropped and an ungranted one refused', async () => {
    const party = new RelyingParty(issuer);
    assert.equal((await party.login('camille', { scope: 'openid profile email' })).scope, 'openid email');
    const refused = await party.callback(undefined, { scope: 'openid phone' });
    assert.equal(refused.get('error'), 'invalid_scope');
    const restricted = new RelyingParty(issuer, 'passerelle-restricted');
    assert.equal((await restricted.callback(undefined, { scope })).get('error'), 'invalid_scope');
  });

  test('acr and amr come in the ID token on request, and an unmet essential acr is refused', async () => {
    const claims = JSON.stringify({
      id_token: { acr: { essential: true, values: ['eidas0-mfa', 'eidas1-mfa'] }, amr: null },
    });
    const party = new RelyingParty(issuer);
    const { payload } = await party.verify((await party.login('dominique', { claims })).id_token, 'ES256');
    assert.equal(payload.acr, 'eidas1-mfa');
    assert.deepEqual(payload.amr, ['pwd', 'otp', 'mfa']);

    const refused = await new RelyingParty(issuer).callback({ identity: 'camille' }, { claims });
    assert.equal(refused.get('error'), 'access_denied');
    assert.equal(refused.get('error_description'), 'requested ACRs could not be satisfied');
  });

  test('failures come back as error, with state and iss', async () => {
    for (const [failure, error] of [
      ['refusal', 'access_denied'],
      ['invalid-identity', 'access_denied'],
      ['identity-provider-down', 'server_error'],
      ['unknown-identity-provider', 'idp_hint_not_found'],
      ['no-session', 'login_required'],
    ]) {
      const callback = await new RelyingParty(issuer).callback({ failure }, { state: 's'.repeat(32) });
      assert.equal(callback.get('error'), error);
      assert.equal(callback.get('state'), 's'.repeat(32));
      assert.equal(callback.get('iss'), issuer);
      assert.equal(callback.get('code'), null);
    }
  });

  test('the SSO session is reused whatever `prompt` says, except `none` without one', async () => {
    const party = new RelyingParty(issuer);
    assert.equal((await party.callback(undefined, { prompt: 'none' })).get('error'), 'login_required');
    await party.login('camille');
    for (const prompt of ['login', 'consent', 'none', undefined]) {
      assert.ok((await party.callback(undefined, { prompt, max_age: '0' })).get('code'));
    }
  });

  test('a request may write its spaces as %20, as Apache does', async () => {
    const party = new RelyingParty(issuer);
    const query = new URLSearchParams({
      response_type: 'code', client_id: party.clientId, redirect_uri: redirectUri, scope, state: 'x'.repeat(43), nonce: 'y'.repeat(43),
    });
    const asked = await party.browser.fetch(`${issuer}/authorize?${String(query).replaceAll('+', '%20')}`);
    const answer = await party.browser.fetch(new URL(asked.headers.get('location'), issuer), { form: { identity: 'camille' } });
    const callback = await party.browser.follow(answer, (url) => url.href.startsWith(redirectUri));
    assert.ok(callback.searchParams.get('code'));
  });

  test('three pending logins finish in any order', async () => {
    const party = new RelyingParty(issuer);
    const pages = [];
    for (let tab = 0; tab < 3; tab += 1) {
      pages.push(new URL((await party.authorize()).headers.get('location'), issuer));
    }
    for (const page of [pages[2], pages[0], pages[1]]) {
      const answer = await party.browser.fetch(page, { form: { identity: 'camille' } });
      const callback = await party.browser.follow(answer, (url) => url.href.startsWith(redirectUri));
      assert.ok(callback.searchParams.get('code'));
    }
  });

  test('a request that ProConnect itself refuses ends on a page of the stand-in', async () => {
    for (const name of ['response_type', 'client_id', 'redirect_uri', 'scope', 'state']) {
      assert.equal((await new RelyingParty(issuer).authorize({ [name]: undefined })).status, 400);
    }
    for (const wrong of [
      { redirect_uri: 'http://localhost:8000/elsewhere' },
      { redirect_uri: 'javascript:alert(1)' },
      { login_hint: 'nobody' },
      { client_id: 'unknown' },
    ]) {
      const response = await new RelyingParty(issuer).authorize(wrong);
      assert.equal(response.status, 400);
      assert.match(response.headers.get('content-type'), /^text\/html/);
    }
    const lost = await fetch(`${issuer}/interaction/unknown`);
    assert.equal(lost.status, 400);
    assert.match(await lost.text(), /session-not-found/);
  });
});
