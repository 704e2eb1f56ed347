// As with ProConnect, only a browser ends the SSO session, and it visits the agent's organisation on the way.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { postLogoutRedirectUri, RelyingParty } from './relying-party.mjs';
import { running } from './running.mjs';

const provider = running();
let issuer;

before(async () => { ({ issuer } = await provider.start()); });
after(() => provider.discard());

const isConfirmation = (url) => url.searchParams.has('from_idp');

/** What the page's script sends: the hidden field and `logout=yes`. */
function confirmation(page) {
  const [, action] = /action="([^"]+)"/.exec(page);
  const [, xsrf] = /name="xsrf" value="([^"]+)"/.exec(page);
  return [action, { form: { xsrf, logout: 'yes' } }];
}

async function loggedIn(identity = 'camille') {
  const party = new RelyingParty(issuer);
  const tokens = await party.login(identity);
  return { party, tokens };
}

test('a browser is sent to its organisation, confirms, and comes back with its state', async () => {
  const { party, tokens } = await loggedIn();
  const state = 'a-state-of-the-application-of-32-characters';
  const begun = await party.browser.fetch(party.endSessionUrl(tokens.id_token, state));
  const organisation = new URL(begun.headers.get('location'));
  assert.equal(organisation.hostname, 'localhost');

  const page = await party.browser.fetch(await party.browser.follow(begun, isConfirmation));
  assert.equal(page.status, 200);
  const body = await page.text();
  assert.match(body, /<noscript><button form="op.logoutForm" name="logout" value="yes">/);

  const back = await party.browser.fetch(...confirmation(body));
  assert.equal(back.status, 303);
  const location = new URL(back.headers.get('location'));
  assert.equal(location.origin + location.pathname, postLogoutRedirectUri);
  assert.equal(location.searchParams.get('state'), state);

  assert.equal(await party.isSignedIn(), false);
  assert.equal((await party.userinfo(tokens.access_token)).status, 401);
});

test('the SSO session ends even when the organisation does not send the browser back', async () => {
  const { party, tokens } = await loggedIn('alix');
  const begun = await party.browser.fetch(party.endSessionUrl(tokens.id_token));
  const deadEnd = await party.browser.fetch(begun.headers.get('location'));
  assert.equal(deadEnd.status, 200);
  assert.equal(await party.isSignedIn(), false);
  await party.login('alix');
  assert.equal(await party.isSignedIn(), true);
});

test('a server without the browser ends nothing', async () => {
  const { party, tokens } = await loggedIn();
  const url = party.endSessionUrl(tokens.id_token);
  assert.equal((await fetch(url, { method: 'POST' })).status, 404);
  assert.equal((await fetch(url)).status, 200);
  assert.equal(await party.isSignedIn(), true);
  assert.equal((await party.userinfo(tokens.access_token)).status, 200);
});

test('a post-logout URI that is not registered ends on an error page', async () => {
  const { party, tokens } = await loggedIn();
  const url = new URL(party.endSessionUrl(tokens.id_token));
  url.searchParams.set('post_logout_redirect_uri', `${postLogoutRedirectUri}/`);
  const begun = await party.browser.fetch(url);
  const page = await party.browser.fetch(await party.browser.follow(begun, isConfirmation));
  assert.equal(page.status, 400);
  assert.match(await page.text(), /post_logout_redirect_uri not registered/);
});
