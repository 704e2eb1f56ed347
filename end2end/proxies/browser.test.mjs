// Somebody in a browser in front of an application: the recipes of docs/proxies, and proxies that are set up for oauth2-proxy.

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';

import { identities } from '../provider/identities.mjs';
import { CookieClient } from '../support/cookies.mjs';
import { freePort } from '../support/ports.mjs';
import { Application, read, send } from './client.mjs';
import { HOST, startProxy } from './programs.mjs';
import { newFolder, startService } from './service.mjs';

const [{ id: identity, claims: { email } }] = identities;
const SITE = `https://${HOST}`;
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
const NAVIGATION = [['Accept', 'text/html'], ['Sec-Fetch-Mode', 'navigate'], ['Sec-Fetch-Dest', 'document'], ['Sec-Fetch-Site', 'none']];

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

/** A browser: it keeps the cookies of the application's host, of the api's and of the provider's apart. */
class Person {
  #port;
  #cookies = new Map();
  #api = new CookieClient();
  #provider = new CookieClient();

  constructor(port) {
    this.#port = port;
  }

  get cookies() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async visit(path, { method = 'GET', headers = NAVIGATION } = {}) {
    const cookie = this.#cookies.size > 0 ? [['Cookie', this.cookies]] : [];
    const answer = await send(this.#port, { method, path, headers: [...headers, ...cookie] });
    for (const line of answer.cookies) {
      const [pair, ...attributes] = line.split(/;\s*/);
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      if (attributes.some((text) => /^max-age=0$/i.test(text))) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return answer;
  }

  /** Follows the ways between the hosts from a URL of the api's, until the browser is back at the application. */
  async goOn(from) {
    let url = new URL(from);
    let form;
    for (let hops = 0; hops < 20; hops += 1) {
      if (url.origin === SITE) return url;
      const response = await (url.href.startsWith(addresses.issuer) ? this.#provider : this.#api).fetch(url, { form });
      const body = await response.text();
      const location = response.headers.get('location');
      if (!location && url.pathname.endsWith('/oauth2/signed-out')) return { url, body };
      const [, leaves] = /op.logoutForm/.test(body) ? body.match(/action="([^"]+)"/) : [];
      const [, xsrf] = body.match(/name="xsrf" value="([^"]+)"/) ?? [];
      form = location ? undefined : leaves ? { xsrf, logout: 'yes' } : { identity };
      url = new URL(location ?? leaves ?? url, url);
    }
    throw new Error(`the browser goes round in circles at ${url.origin}${url.pathname}`);
  }

  /** Logs in from `/oauth2/start`; returns where the browser goes in the end. */
  async logIn(start) {
    const { status, headers } = await this.visit(start);
    assert.equal(status, 303);
    const landing = await this.goOn(headers.get('location'));
    assert.equal(landing.pathname, '/oauth2/callback');
    const answer = await this.visit(`${landing.pathname}${landing.search}`);
    assert.equal(answer.status, 303, answer.body);
    return answer.headers.get('location');
  }
}

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
      const person = new Person(port);
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
      const person = new Person(port);
      await person.logIn('/oauth2/start');
      for (const headers of [
        [['Origin', 'https://evil.example']],
        [['Origin', 'null']],
        [['Sec-Fetch-Site', 'cross-site'], ['Sec-Fetch-Mode', 'no-cors']],
      ]) {
        assert.equal((await person.visit('/', { headers })).status, 403, JSON.stringify(headers));
      }
      const nobody = await new Person(port).visit('/', { headers: [['Accept', 'application/json']] });
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
      const person = new Person(port);
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
