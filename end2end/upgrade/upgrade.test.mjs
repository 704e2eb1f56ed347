// `make test-upgrade`: two versions of the api run side by side on one database, as during an upgrade of several machines: an earlier
// one and this one, then this one and one with a migration more. The new one changes the tables while the old one answers.

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { Postgres } from '../cluster/postgres.mjs';
import { CookieClient } from '../support/cookies.mjs';
import { openEnvelope } from '../support/fernet.mjs';
import { freePort } from '../support/ports.mjs';
import { startProvider } from '../support/provider.mjs';
import { addressesAt, binary, configuration, encryptionKey, root, startServer, writeConfiguration } from '../support/stack.mjs';

const run = promisify(execFile);
const BOTH = ['old', 'new'];
/** The folders with their programs; the name of the earlier one's is its commit. */
const { EARLIER, LATER } = process.env;
const THIS = dirname(binary('api'));

/** Whether a commit has the rule that a version starts on the tables of a later one. */
const hasRule = (commit) => spawnSync('git', ['grep', '--quiet', 'Ahead(', commit, '--', 'crates/accounts/src/migrations.rs'], { cwd: root }).status === 0;

const UPGRADES = [
  { name: `from ${basename(EARLIER).slice(0, 7)} to this version`, old: EARLIER, new: THIS, startsAgain: hasRule(basename(EARLIER)) },
  { name: 'from this version to a later one', old: THIS, new: LATER, startsAgain: true },
];

const ENGINES = ['sqlite', 'postgresql'];

const pairs = BOTH.flatMap((one) => BOTH.map((other) => [one, other]));

class Upgrade {
  #key = encryptionKey();
  #programs = new Map();
  #running = [];
  #folders;

  /** `folders` have the `old` program and the `new` one. */
  async prepare(engine, folders) {
    this.#folders = folders;
    this.folder = mkdtempSync(join(tmpdir(), 'passerelle-upgrade-'));
    // PostgreSQL runs as another user.
    chmodSync(this.folder, 0o711);
    // Nothing listens at the address that browsers would know: this test goes to the one api or the other.
    const ports = { provider: await freePort(), api: await freePort(), playground: await freePort() };
    this.addresses = addressesAt(ports);
    this.apis = { old: `http://127.0.0.1:${await freePort()}`, new: `http://127.0.0.1:${await freePort()}` };
    const settings = { api: { listen: '${LISTEN}' } };
    if (engine === 'postgresql') {
      const postgres = await Postgres.create(this.folder);
      this.#running.push(await postgres.start());
      settings.api.database_url = postgres.url;
    }
    const config = configuration(this.addresses, { folder: this.folder, ports, key: this.#key, settings });
    writeConfiguration(this.folder, config);
    this.#running.push(await startProvider({
      folder: this.folder,
      port: ports.provider,
      redirectUri: config.oauth2.redirect_uri,
      postLogoutRedirectUri: [`${this.addresses.playground}/logged-out`],
    }));
  }

  async start(which) {
    const listen = new URL(this.apis[which]).host;
    const built = join(this.#folders[which], 'api');
    this.#programs.set(which, await startServer('api', this.folder, { name: which, built, env: { LISTEN: listen } }));
  }

  stop(which) {
    return this.#programs.get(which).stop();
  }

  kill(which) {
    return this.#programs.get(which).kill();
  }

  said(which) {
    return this.#programs.get(which).output();
  }

  /** Logs in; the browser begins at one api and comes back to another. Returns the session. */
  async logIn(begin, end, identity) {
    const [browser, provider] = [new CookieClient(), new CookieClient()];
    const { api, issuer, playground } = this.addresses;
    let url = new URL(`${this.apis[begin]}/v1/oauth2/login?origin=${playground}`);
    let form;
    for (let hops = 0; hops < 20; hops += 1) {
      const response = await (url.href.startsWith(issuer) ? provider : browser).fetch(url, { form });
      await response.text();
      const location = response.headers.get('location');
      form = location ? undefined : { identity };
      if (location) url = new URL(location.replace(api, this.apis[end]), url);
      const envelope = url.searchParams.get('encrypted_token');
      if (envelope) return openEnvelope(this.#key, envelope);
    }
    throw new Error(`the login ended at ${url.origin}${url.pathname}${url.search}`);
  }

  /** The status of a request, and its JSON where there is some. */
  async ask(which, method, path, token, body) {
    const response = await fetch(`${this.apis[which]}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, json: text.startsWith('{') ? JSON.parse(text) : undefined };
  }

  async expect(status, which, method, path, token, body) {
    const answer = await this.ask(which, method, path, token, body);
    assert.equal(answer.status, status, `${method} ${path} at the ${which} api`);
    return answer.json;
  }

  /** What a command of the new version prints, line by line. */
  async command(...args) {
    const env = { ...process.env, LISTEN: '127.0.0.1:0', CONFIG_FILE: join(this.folder, 'config.yml') };
    const { stdout } = await run(join(this.#folders.new, 'api'), args, { env });
    return stdout.trim().split('\n').map((line) => JSON.parse(line));
  }

  async remove() {
    for (const program of [...this.#programs.values(), ...this.#running.reverse()]) await program.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A session and a key work at both, and end at both, wherever they were made and ended. */
async function liveAndEnd(upgrade, made, used) {
  const { app_token: session, proconnect_token } = await upgrade.logIn(made, used, 'zoe');
  for (const api of BOTH) {
    const { email } = await upgrade.expect(200, api, 'GET', '/v1/me/info', session);
    assert.match(email, /^Zoe/);
    await upgrade.expect(200, api, 'GET', '/v1/me/sessions', session);
  }
  const key = await upgrade.expect(201, made, 'POST', '/v1/keys', session, { name: `${made} ${used}` });
  for (const api of BOTH) await upgrade.expect(200, api, 'GET', '/v1/auth/verify', key.value);
  await upgrade.expect(200, used, 'PATCH', `/v1/keys/${key.id}`, session, { name: 'renamed' });
  assert.equal((await upgrade.expect(200, made, 'GET', `/v1/keys/${key.id}`, session)).name, 'renamed');
  const next = await upgrade.expect(201, used, 'POST', `/v1/keys/${key.id}/rotate`, session, { grace: 0 });
  for (const api of BOTH) {
    await upgrade.expect(401, api, 'GET', '/v1/auth/verify', key.value);
    await upgrade.expect(200, api, 'GET', '/v1/auth/verify', next.value);
  }
  await upgrade.expect(204, made, 'DELETE', `/v1/keys/${next.id}`, session);
  for (const api of BOTH) await upgrade.expect(401, api, 'GET', '/v1/auth/verify', next.value);
  await upgrade.expect(200, used, 'POST', '/v1/oauth2/logout', session, { proconnect_token });
  for (const api of BOTH) await upgrade.expect(401, api, 'GET', '/v1/me/info', session);
}

/** Logs in again and again at the old api, and asks it, until somebody says so. Returns how often. */
async function loadOld(upgrade, session, isOver) {
  let count = 0;
  while (!isOver()) {
    await upgrade.expect(200, 'old', 'GET', '/v1/me/info', session);
    await upgrade.logIn('old', 'old', 'camille');
    count += 1;
  }
  return count;
}

for (const { name, startsAgain, engine, ...folders } of UPGRADES.flatMap((one) => ENGINES.map((engine) => ({ ...one, engine })))) {
  test(`${name}, on ${engine}`, { timeout: 300_000 }, async (t) => {
    const upgrade = new Upgrade();
    t.after(() => upgrade.remove());
    await upgrade.prepare(engine, folders);
    await upgrade.start('old');
    const session = (await upgrade.logIn('old', 'old', 'camille')).app_token;
    const { value: key } = await upgrade.expect(201, 'old', 'POST', '/v1/keys', session, { name: 'before' });

    await t.test('the new one changes the tables while the old one answers', async () => {
      let isOver = false;
      const load = loadOld(upgrade, session, () => isOver);
      await upgrade.start('new');
      isOver = true;
      assert.ok(await load > 0);
      assert.match(upgrade.said('new'), /the tables are up to date/);
    });

    for (const [made, used] of pairs) {
      await t.test(`made at the ${made} one, used and ended at the ${used} one`, () => liveAndEnd(upgrade, made, used));
    }

    await t.test('both at once', async () => {
      await Promise.all([...pairs, ...pairs].map(([made, used]) => liveAndEnd(upgrade, made, used)));
    });

    await t.test(startsAgain ? 'the old one starts again' : 'the old one, of before the rule, refuses to start again', async () => {
      await upgrade.kill('old');
      if (startsAgain) {
        await upgrade.start('old');
        await liveAndEnd(upgrade, 'old', 'new');
      } else {
        await assert.rejects(upgrade.start('old'), /start the version of this program that last used them/);
      }
    });

    if (startsAgain) {
      await t.test('the way back: the old one alone goes on', async () => {
        const later = (await upgrade.logIn('new', 'new', 'camille')).app_token;
        await upgrade.stop('new');
        for (const token of [session, later]) await upgrade.expect(200, 'old', 'GET', '/v1/me/info', token);
        await upgrade.logIn('old', 'old', 'zoe');
        await upgrade.start('new');
        await upgrade.stop('old');
      });
    }

    await t.test('who was there before still is, once, and the record has it all', async () => {
      await upgrade.expect(200, 'new', 'GET', '/v1/me/info', session);
      await upgrade.expect(200, 'new', 'GET', '/v1/auth/verify', key);
      const users = await upgrade.command('users', 'list', '--json');
      assert.deepEqual(users.map(({ email }) => email.split('.')[0].toLowerCase()).sort(), ['camille', 'zoe-lucja']);
      const events = (await upgrade.command('audit', '--json')).map(({ event }) => event);
      const count = (name) => events.filter((event) => event === name).length;
      assert.equal(count('user.created'), 2);
      assert.equal(count('logout'), (pairs.length * 3) + (startsAgain ? 1 : 0));
      assert.equal(count('key.rotated'), count('logout'));
    });
    for (const which of BOTH) assert.doesNotMatch(upgrade.said(which), / ERROR /);
  });
}
