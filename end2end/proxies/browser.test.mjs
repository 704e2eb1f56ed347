// Somebody in a browser in front of an application: the recipes of docs/proxies, and proxies that are set up for oauth2-proxy.

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';

import { identities } from '../provider/identities.mjs';
import { freePort } from '../support/ports.mjs';
import { Application, read, send } from './client.mjs';
import { NAVIGATION, Person, SITE } from './person.mjs';
import { startProxy } from './programs.mjs';
import { newFolder, startService } from './service.mjs';

const [{ claims: { email } }] = identities;
const COOKIE = '__Host-passerelle';
/** The name of the proxy, the header in which the application finds the address, and what a browser without a session gets. */
const recipes = [
  ['nginx', 'X-Auth-Email', '/oauth2/start'],
  ['caddy', 'X-Auth-Email', '/oauth2/start'],
  ['haproxy', 'X-Auth-Email', '/oauth2/start'],
  ['apache', 'X-Auth-Email', '/oauth2/start'],
  ['nginx-oauth2-proxy', 'X-Email', '/oauth2/sign_in'],
  ['caddy-oauth2-proxy', 'X-Email', '/oauth2/sign_in'],
];

let folder;
let ports;
let addresses;
let collector;
let provider;
let api;
let application;

before(async () => {
  folder = await newFolder();
  ({ ports, addresses, collector, provider, api } = await startService(folder, { protected_origins: [SITE] }));
  application = await Application.start();
});

after(async () => {
  application?.stop();
  await api?.stop();
  await provider?.stop();
  collector?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

// ONLY=caddy tests one.
for (const [name, header, entrance] of recipes.filter(([one]) => [undefined, one].includes(process.env.ONLY))) {
  describe(name, () => {
    let proxy;
    let port;

    before(async () => {
      port = await freePort();
      proxy = await startProxy(name, folder, { proxy: port, api: ports.api, application: application.port });
      application.taken();
    });
    after(() => proxy?.stop());

    test('a browser is sent to the login, comes back, and the application sees who it is', async () => {
      const person = new Person(port, addresses.issuer);
      const first = await person.visit('/wanted?a=b');
      assert.ok([302, 307].includes(first.status), `${first.status} ${first.body}\n${proxy.tail()}`);
      const to = new URL(first.headers.get('location'), SITE);
      assert.equal(to.origin + to.pathname, SITE + entrance);
      const page = await person.visit(`${to.pathname}${to.search}`.replace('/oauth2/start', '/oauth2/sign_in'));
      assert.equal(page.status, 200);
      const start = page.body.match(/class="proconnect-button" href="([^"]+)"/)[1].replaceAll('&amp;', '&');
      assert.equal(new URL(await person.logIn(start), SITE).href, `${SITE}/wanted?a=b`);
      assert.deepEqual(application.taken(), [], 'the application saw something of the login');
      const opened = await person.visit('/wanted?a=b', { headers: [...NAVIGATION, ['X-Auth-Email', 'forged@example.org'], ['X-Email', 'forged@example.org']] });
      assert.equal(opened.status, 200, `${opened.body}\n${proxy.tail()}`);
      const [request] = application.taken();
      assert.deepEqual(read(request, header), [email]);
      if (header === 'X-Auth-Email') {
        assert.ok(!JSON.stringify(request.headers).includes(COOKIE), 'the application sees the session cookie');
      }
    });

    test('what another site made the browser send, and programs without a session, reach nothing', async () => {
      const person = new Person(port, addresses.issuer);
      await person.logIn('/oauth2/start');
      for (const headers of [
        [['Origin', 'https://evil.example']],
        [['Origin', 'null']],
        [['Sec-Fetch-Site', 'cross-site'], ['Sec-Fetch-Mode', 'no-cors']],
      ]) {
        assert.equal((await person.visit('/', { headers })).status, 403, JSON.stringify(headers));
      }
      const nobody = await new Person(port, addresses.issuer).visit('/', { headers: [['Accept', 'application/json']] });
      if (header === 'X-Auth-Email') assert.equal(nobody.status, 401);
      for (const host of ['evil.example', 'other.example.gouv.fr']) {
        const answer = await person.visit('/', { headers: [...NAVIGATION, ['X-Forwarded-Host', host]] });
        // oauth2-proxy's recipe for nginx hands on what the client says: then it is no application, and nobody gets in.
        const isBelieved = name === 'nginx-oauth2-proxy';
        if (isBelieved) assert.equal(answer.status, 500, host);
        else assert.ok(answer.status < 500, `${host}: ${answer.status}`);
      }
      assert.ok(application.taken().length <= (name === 'nginx-oauth2-proxy' ? 0 : 2));
    });

    test('a sign-out ends the session here and at ProConnect', async () => {
      const person = new Person(port, addresses.issuer);
      await person.logIn('/oauth2/start');
      const copied = person.cookies;
      const page = await person.visit('/oauth2/sign_out', { method: 'POST', headers: [['Origin', SITE], ['Content-Length', '0']] });
      assert.equal(page.status, 200, page.body);
      const on = page.body.match(/content="0; url=([^"]+)"/)[1].replaceAll('&amp;', '&');
      const { body } = await person.goOn(on);
      assert.match(body, /Vous êtes déconnecté/);
      const again = await send(port, { path: '/', headers: [...NAVIGATION, ['Cookie', copied]] });
      assert.ok([302, 307].includes(again.status), 'the copied cookie still opens');
      assert.deepEqual(application.taken(), []);
    });
  });
}
