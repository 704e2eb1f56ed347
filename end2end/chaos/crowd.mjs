// The people of `make chaos`: they log in, look at their page and log out, while a scenario breaks something. Afterwards
// this file checks the rules that must always hold.

import { setTimeout as sleep } from 'node:timers/promises';

import { Agent } from '../support/agent.mjs';
import { Figures } from './figures.mjs';

/** How many people are busy at the same moment. */
const AT_ONCE = 8;
/** Everybody has two browsers and begins with both at the same moment, so that first logins race. */
const BROWSERS = 2;
/** One of so many people who log in logs out. */
const LEAVES = 4;
/** How long requests may continue to fail once the cause is gone, in seconds. */
const RECOVERY = 15;
/** How long somebody waits before they try again, and when they give up, in milliseconds. */
const PAUSE = 300;
const PATIENCE = 30_000;

/** What the playground says when the api does not know a session's token. */
const SESSION_ENDED = 'Votre session a pris fin';

const seen = ({ kind, status, path, message }) => `${kind} ${status} at ${path}, « ${message} »`;

/** Whether the page tells somebody that it failed, and offers a way to continue. */
const isTold = ({ kind, message, goesOn }) => ['login', 'logout', 'error'].includes(kind) && message !== '' && goesOn;

const isAccount = (page, agent) => page.kind === 'account' && page.mentions(`${agent.identity}@`);

async function each(items, visit) {
  const rest = [...items];
  const next = async () => {
    while (rest.length > 0) await visit(rest.pop());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

export class Crowd {
  #product;
  #query;
  #browsers = 0;
  /** Account ids by subject, as they were after the last scenario. */
  #known = new Map();
  /** Browsers that are logged in; copies of browsers that have logged out, confirmed; and the same, unconfirmed. */
  #live = new Set();
  #ended = new Set();
  #unconfirmed = new Set();
  /** Tokens that no browser has received so far. */
  #undelivered = 0;

  /** `query` returns the rows of an SQL query to the product's database, as strings. */
  constructor(product, query) {
    this.#product = product;
    this.#query = query;
  }

  /** Makes at least `count` logins, and more for as long as `script` runs beside them. Then checks every rule. */
  async run(count, script) {
    const figures = new Figures();
    const reached = async (logins) => {
      while (figures.logins < logins && !figures.isHopeless) await sleep(5);
    };
    let isOver = false;
    const play = script({ figures, reached }).finally(() => { isOver = true; });
    const people = Array.from({ length: AT_ONCE }, async () => {
      while ((figures.logins < count || !isOver) && !figures.isHopeless) await this.#comeAndGo(figures);
    });
    await Promise.all([play, ...people]);
    if (figures.recovered > RECOVERY) figures.breaks(`something continued to fail for ${figures.recovered.toFixed(0)} s`);
    await this.#verify(figures);
    figures.end();
    return figures;
  }

  /** No user is lost or duplicated; every session that should be valid is, and no other. */
  async #verify(figures) {
    await this.#verifyUsers(figures);
    await each(this.#live, async (agent) => {
      const page = await agent.visit();
      if (!isAccount(page, agent)) figures.breaks(`a session was lost (${seen(page)})`);
    });
    await each(this.#ended, async (copy) => {
      const page = await copy.visit();
      if (page.kind !== 'login') figures.breaks(`a session outlived its logout (${seen(page)})`);
    });
    figures.survivors = 0;
    await each(this.#unconfirmed, async (copy) => {
      if ((await copy.visit()).kind === 'account') figures.survivors += 1;
    });
    await this.#verifyTokens(figures);
  }

  async #verifyUsers(figures) {
    const rows = await this.#query('SELECT id, sub FROM users');
    const ids = new Map(rows.map(([id, sub]) => [sub, id]));
    if (ids.size !== rows.length) figures.breaks(`${rows.length - ids.size} people are there twice`);
    for (const [sub, id] of this.#known) {
      if (ids.get(sub) !== id) figures.breaks(`${sub} is no longer the user they were`);
    }
    for (const { identity } of [...this.#live, ...this.#ended]) {
      if (!ids.has(identity)) figures.breaks(`${identity} logged in and is no user`);
    }
    this.#known = ids;
  }

  /** A login that was interrupted after its token was written leaves a token that nobody has. There must be no others. */
  async #verifyTokens(figures) {
    const [[count]] = await this.#query('SELECT count(*) FROM tokens');
    const undelivered = Number(count) - this.#live.size - figures.survivors;
    const news = undelivered - this.#undelivered;
    this.#undelivered = undelivered;
    figures.undelivered = news;
    if (news < 0) figures.breaks(`${-news} tokens of live sessions are not in the database`);
    if (news > figures.failures) figures.breaks(`${news} tokens were created by ${figures.failures} failed logins`);
  }

  async #comeAndGo(figures) {
    this.#browsers += 1;
    const browser = this.#browsers;
    const agent = new Agent(this.#product, `agent-${Math.ceil(browser / BROWSERS)}`);
    if (await this.#logIn(figures, agent)) this.#live.add(agent);
    const other = this.#takeOne();
    if (!other) return;
    if (browser % LEAVES === 0) await this.#logOut(figures, other);
    else await this.#visit(figures, other);
  }

  /** Takes a logged-in person out of the set, so that nobody else uses them meanwhile. */
  #takeOne() {
    const agents = [...this.#live];
    const agent = agents[Math.floor(Math.random() * agents.length)];
    this.#live.delete(agent);
    return agent;
  }

  /**
   * Tries again and again, as a real person does, and returns whether it worked in the end. `attempt` returns the page of a
   * failure, or nothing on success, and gets the last page as its argument.
   */
  async #persist(figures, attempt) {
    const patience = performance.now() + PATIENCE;
    let page;
    for (;;) {
      page = await attempt(page);
      if (!page) return true;
      figures.failed();
      if (page.kind === 'provider') figures.atProvider += 1;
      else if (isTold(page)) figures.tell(page.message);
      else figures.breaks(`something failed without a message or a way on (${seen(page)})`);
      if (figures.isHopeless) return false;
      if (performance.now() > patience) {
        figures.isHopeless = true;
        figures.breaks(`somebody tried for ${PATIENCE / 1000} s without success (${seen(page)})`);
      }
      await sleep(PAUSE);
    }
  }

  async #logIn(figures, agent) {
    const isIn = await this.#persist(figures, async (before) => {
      figures.attempts += 1;
      // The playground has a session but cannot show its page now: visit it again instead of logging in again.
      const page = await (before?.kind === 'error' && before.path === '/' ? agent.visit() : agent.logIn());
      if (page.message.startsWith(SESSION_ENDED)) figures.breaks(`a login succeeded, but its session had ended (${seen(page)})`);
      return isAccount(page, agent) ? undefined : page;
    });
    if (isIn) figures.logins += 1;
    return isIn;
  }

  async #logOut(figures, agent) {
    const copy = agent.copy();
    figures.logouts += 1;
    await this.#persist(figures, async () => {
      const page = await agent.logOut();
      if (page.kind !== 'logout') return page;
      const isConfirmed = page.path === '/logout';
      if (!isConfirmed) figures.unconfirmed += 1;
      (isConfirmed ? this.#ended : this.#unconfirmed).add(copy);
      return undefined;
    });
  }

  /** Somebody who is logged in looks at their page, and must not have to log in again. */
  async #visit(figures, agent) {
    const page = await agent.visit();
    this.#live.add(agent);
    figures.visits += 1;
    if (isAccount(page, agent)) return;
    figures.failed();
    if (page.kind === 'error' && isTold(page)) figures.unavailable += 1;
    else figures.breaks(`somebody who was logged in got another page (${seen(page)})`);
  }
}
