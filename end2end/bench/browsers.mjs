// The clients of the benchmarks: logins and logouts as browsers make them, except their visit to the provider, which
// costs the api nothing.

import { openEnvelope } from '../support/fernet.mjs';
import { codeFor } from './provider.mjs';
import { Connections, repeat } from './requests.mjs';

const AGENTS = 500;

/** One of a few hundred agents, or with a large number one who has never logged in. */
export const agent = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const known = (number) => agent(number % AGENTS);

const cookieOf = ({ headers }) => headers['set-cookie'].map((line) => line.split(';')[0]).join('; ');

function expectStatus(response, status) {
  if (response.status !== status) throw new Error(`${status} was expected, not ${response.status}: ${response.text}`);
}

export class Browsers {
  #connections;

  constructor({ api, playground, key, clients, headers = {} }) {
    // By address: node resolves a name again for each request.
    this.api = api.replace('localhost', '127.0.0.1');
    this.origin = playground;
    this.playground = playground.replace('localhost', '127.0.0.1');
    this.key = key;
    this.clients = clients;
    this.headers = headers;
    this.#connections = new Connections(clients);
  }

  #send(url, { cookie, headers, body } = {}) {
    const sent = { ...this.headers, ...headers, ...(cookie && { cookie }) };
    return this.#connections.send(url, { headers: sent, body });
  }

  /** One request to the api. Throws when the answer is an error. */
  async get(path, headers) {
    const answer = await this.#send(`${this.api}${path}`, { headers });
    if (answer.status >= 400) throw new Error(`${path} was refused: ${answer.text}`);
  }

  /** From the provider's URL to the URL of the landing page, as the browser that has the api's cookie. */
  async #comeBack(start, { algorithm, sub }) {
    const { location } = start.headers;
    const query = new URLSearchParams({
      code: codeFor(location, { algorithm, sub }),
      state: new URL(location).searchParams.get('state'),
    });
    const end = await this.#send(`${this.api}/v1/oauth2/callback?${query}`, { cookie: cookieOf(start) });
    expectStatus(end, 303);
    const landing = new URL(end.headers.location);
    if (!landing.searchParams.has('encrypted_token')) throw new Error(`a login failed: ${landing.search}`);
    return landing;
  }

  /** A login at the api alone. Returns the URL that carries the envelope. */
  async logIn({ algorithm = 'ES256', sub = agent(0) } = {}) {
    const start = await this.#send(`${this.api}/v1/oauth2/login?moved=1&origin=${this.origin}`);
    expectStatus(start, 302);
    return this.#comeBack(start, { algorithm, sub });
  }

  /** The same, but returns the content of the envelope. */
  async tokens(who) {
    return openEnvelope(this.key, (await this.logIn(who)).searchParams.get('encrypted_token'));
  }

  async logOut({ app_token: bearer, proconnect_token }) {
    const answer = await this.#send(`${this.api}/v1/oauth2/logout`, {
      headers: { authorization: `Bearer ${bearer}` },
      body: { proconnect_token },
    });
    if (JSON.parse(answer.text).status !== 'success') throw new Error(`a logout failed: ${answer.text}`);
  }

  /** A login through the playground, from its link to the account page: four requests there, three at the api. */
  async visit(who) {
    const link = await this.#send(`${this.playground}/login?moved=1`);
    expectStatus(link, 303);
    const start = await this.#send(`${link.headers.location.replace('localhost', '127.0.0.1')}&moved=1`);
    expectStatus(start, 302);
    const landing = await this.#comeBack(start, who);
    const landed = await this.#send(`${this.playground}/${landing.search}`, { cookie: cookieOf(link) });
    expectStatus(landed, 303);
    const page = await this.#send(`${this.playground}/`, { cookie: cookieOf(landed) });
    if (!page.text.includes('Camille')) throw new Error('the account page does not greet');
  }

  /** Milliseconds of each login. */
  logIns(count, algorithm, who = known) {
    return repeat({ count, clients: this.clients, work: (number) => this.logIn({ algorithm, sub: who(number) }) });
  }

  visits(count) {
    return repeat({
      count,
      clients: this.clients,
      work: (number) => this.visit({ algorithm: 'RS256', sub: known(number) }),
    });
  }

  close() {
    this.#connections.close();
  }
}
