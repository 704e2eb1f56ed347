// What stands behind nginx in the demos: a person logs in to the site, and a key opens the API.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { identities } from '../provider/identities.mjs';
import { CookieClient } from '../support/cookies.mjs';
import { freePort } from '../support/ports.mjs';
import { encryptionKey, Stack } from '../support/stack.mjs';
import { logIn } from '../proxies/login.mjs';
import { Front } from './front.mjs';

const [{ id: identity, claims }] = identities;

let folder;
let site;
let stack;
let front;
let key;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'passerelle-demo-'));
  const ports = { provider: await freePort(), api: await freePort(), playground: await freePort() };
  const behind = { application: await freePort(), proxy: await freePort() };
  site = `http://localhost:${behind.proxy}`;
  key = encryptionKey();
  stack = await Stack.start({ folder, ports, key, settings: { api: { protected_origins: [site] } } });
  front = await Front.start(folder, { api: ports.api, ...behind });
});

after(async () => {
  await front?.stop();
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Goes to a page: follows redirects, and tells the provider who it is. `fetch` cannot say that it is a navigation, as browsers do. */
async function open(browser, provider, address) {
  const headers = { 'sec-fetch-site': 'same-origin' };
  let url = address;
  let form;
  for (let hops = 0; hops < 20; hops += 1) {
    const client = url.startsWith(stack.issuer) ? provider : browser;
    const response = await client.fetch(url, { form, headers });
    form = undefined;
    const location = response.headers.get('location');
    if (location) url = new URL(location, url).href;
    else if (client === provider) form = { identity };
    else return { url, status: response.status, text: await response.text() };
  }
  throw new Error(`${address} redirects too often; the last address was ${url.split('?')[0]}`);
}

test('a person logs in to the site, and is known there', async () => {
  const [browser, provider] = [new CookieClient(), new CookieClient()];
  const page = await open(browser, provider, `${site}/oauth2/start?rd=/`);
  assert.deepEqual([page.url, page.status], [`${site}/`, 200]);
  assert.ok(page.text.includes(`Bonjour ${claims.given_name} ${claims.usual_name}`), page.text);
  assert.ok(page.text.includes(claims.email));

  const whoami = await open(browser, provider, `${site}/api/whoami`);
  assert.deepEqual([JSON.parse(whoami.text).email, JSON.parse(whoami.text).token_kind], [claims.email, 'session']);
  assert.equal((await open(browser, provider, `${site}/admin/`)).status, 403, 'the role Admin is missing');
});

test('a token opens the API, and nothing does not', async () => {
  const token = await logIn(stack, key, identity);
  const call = (path, headers = {}) => fetch(`${site}${path}`, { headers, redirect: 'manual' });
  const answer = await call('/api/hello', { authorization: `Bearer ${token}` });
  assert.deepEqual([answer.status, (await answer.json()).role], [200, 'Freemium']);
  assert.equal((await call('/api/hello')).status, 401);
  assert.equal((await call('/api/hello', { 'x-auth-email': claims.email })).status, 401);
  assert.equal((await call('/admin/', { authorization: `Bearer ${token}` })).status, 403);
});
