// Somebody with a browser in front of an application, who logs in as the first person of the stand-in.

import assert from 'node:assert/strict';

import { identities } from '../provider/identities.mjs';
import { CookieClient } from '../support/cookies.mjs';
import { send } from './client.mjs';
import { HOST } from './programs.mjs';

const [{ id: identity }] = identities;
export const SITE = `https://${HOST}`;
/** What a browser says when somebody opens a page. */
export const NAVIGATION = [['Accept', 'text/html'], ['Sec-Fetch-Mode', 'navigate'], ['Sec-Fetch-Dest', 'document'], ['Sec-Fetch-Site', 'none']];

/** A browser: it keeps the cookies of the application's host, of the api's and of the provider's apart. */
export class Person {
  #port;
  #issuer;
  #cookies = new Map();
  #api = new CookieClient();
  #provider = new CookieClient();

  /** Somebody who comes through the proxy on `port`, and is known to the provider with this `issuer`. */
  constructor(port, issuer) {
    this.#port = port;
    this.#issuer = issuer;
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
      const response = await (url.href.startsWith(this.#issuer) ? this.#provider : this.#api).fetch(url, { form });
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
