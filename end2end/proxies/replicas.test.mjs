// Two apis behind the proxies of docs/proxies: one is killed while programs and people come. Whoever may enter does, and nobody else.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { Cluster } from '../cluster/cluster.mjs';
import { identities } from '../provider/identities.mjs';
import { freePort } from '../support/ports.mjs';
import { Application, read, send } from './client.mjs';
import { logIn } from './login.mjs';
import { NAVIGATION, Person, SITE } from './person.mjs';
import { startProxy } from './programs.mjs';

const [{ id: identity, claims: { email } }] = identities;
const apis = ['api-1', 'api-2'];
/** It has the form of a key. */
const UNKNOWN = `sk-${'a'.repeat(43)}`;
/** A proxy passes over an api that failed for two seconds at most. */
const PASSED_OVER = 2_500;
const bearer = (token) => ['Authorization', `Bearer ${token}`];

let cluster;
let application;
let key;
let revoked;

async function newKey(session) {
  const answer = await fetch(`${cluster.api}/v1/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'one of two' }),
  });
  assert.equal(answer.status, 201);
  return (await answer.json()).value;
}

before(async () => {
  cluster = await Cluster.start(
    { provider: await freePort(), api: await freePort(), playground: await freePort() },
    { protected_origins: [SITE] },
  );
  application = await Application.start();
  const session = await logIn(cluster, cluster.key, identity);
  [key, revoked] = [await newKey(session), await newKey(session)];
  const end = await fetch(`${cluster.api}/v1/oauth2/revoke`, { method: 'POST', body: new URLSearchParams({ token: revoked }) });
  assert.equal(end.status, 200);
});

after(async () => {
  application?.stop();
  await cluster?.stop();
});

/** Those who come, and what they get: 200 is the application. */
const visitors = (cookie) => [
  { who: 'a program with a key', headers: [bearer(key)], status: 200 },
  { who: 'a program that sends something', method: 'POST', headers: [bearer(key), ['Content-Length', '2']], body: '{}', status: 200 },
  { who: 'somebody who is logged in', headers: [...NAVIGATION, ['Cookie', cookie]], status: 200 },
  { who: 'somebody who is not', headers: NAVIGATION, status: 302 },
  { who: 'a program without a key', headers: [], status: 401 },
  { who: 'a program with a key that nobody has', headers: [bearer(UNKNOWN)], status: 401 },
  { who: 'a program with a revoked key', headers: [bearer(revoked)], status: 401 },
];

/** All of them come again and again until `until` is over, and get what they should. Returns how many were let in. */
async function crowd(port, cookie, until) {
  let isOver = false;
  let entered = 0;
  const wrong = new Set();
  const coming = visitors(cookie).map(async ({ who, status, ...request }) => {
    while (!isOver) {
      const answer = await send(port, { path: '/things', ...request });
      const location = answer.headers.get('location') ?? '';
      if (answer.status !== status || location.includes('/oauth2/start?') !== (status === 302)) {
        wrong.add(`${who}: ${answer.status} ${location}`);
      }
      if (answer.status === 200) entered += 1;
    }
  });
  await until;
  isOver = true;
  await Promise.all(coming);
  assert.deepEqual([...wrong], []);
  return entered;
}

/** The proxy may not have noticed that an api is back. */
async function untilItOpens(port) {
  let status = 0;
  for (let asked = 0; status !== 200 && asked < 40; asked += 1) {
    await setTimeout(100);
    ({ status } = await send(port, { headers: [bearer(key)] }));
  }
  assert.equal(status, 200);
  application.taken();
}

// ONLY=caddy tests one.
for (const name of ['nginx', 'caddy', 'haproxy'].filter((one) => [undefined, one].includes(process.env.ONLY))) {
  describe(`${name} before two apis`, () => {
    let proxy;
    let port;

    before(async () => {
      port = await freePort();
      proxy = await startProxy(name, cluster.folder, {
        proxy: port, api: apis.map((api) => cluster.addressOf(api)), checks: await freePort(), application: application.port,
      });
      await untilItOpens(port);
    });
    after(() => proxy?.stop());

    test('while one is killed, the other answers whoever may enter, and refuses everybody else', async () => {
      const person = new Person(port, cluster.issuer);
      await person.logIn('/oauth2/start');
      application.taken();
      const entered = await crowd(port, person.cookies, (async () => {
        for (const api of apis) {
          await setTimeout(500);
          // Requests reach it and wait: the kill comes in the middle of them.
          cluster.signal(api, 'SIGSTOP');
          await setTimeout(500);
          await cluster.kill(api);
          await setTimeout(1_000);
          await cluster.start(api);
          await setTimeout(PASSED_OVER);
        }
      })());
      const requests = application.taken();
      assert.equal(requests.length, entered);
      assert.ok(entered > 100, `only ${entered} were let in`);
      for (const request of requests) assert.deepEqual(read(request, 'X-Auth-Email'), [email]);
    });

    test('a login that begins at one ends at the other', async () => {
      const person = new Person(port, cluster.issuer);
      await cluster.kill('api-2');
      const { status, headers } = await person.visit('/oauth2/start?rd=/wanted');
      assert.equal(status, 303);
      await cluster.start('api-2');
      await setTimeout(PASSED_OVER);
      await cluster.kill('api-1');
      const landing = await person.goOn(headers.get('location'));
      const answer = await person.visit(`${landing.pathname}${landing.search}`);
      await cluster.start('api-1');
      assert.equal(answer.headers.get('location'), '/wanted', answer.body);
      assert.equal((await person.visit('/wanted')).status, 200);
      assert.deepEqual(read(application.taken()[0], 'X-Auth-Email'), [email]);
    });

    test('while neither is there, nobody gets in or is sent anywhere, and people read what to do', async () => {
      const person = new Person(port, cluster.issuer);
      await person.logIn('/oauth2/start');
      application.taken();
      for (const api of apis) await cluster.kill(api);
      const login = { who: 'somebody who begins a login', path: '/oauth2/start', headers: NAVIGATION };
      await Promise.all([...visitors(person.cookies), login].map(async ({ who, status: _, ...request }) => {
        const answer = await send(port, request);
        assert.equal(answer.status, 503, who);
        assert.match(answer.body, /ne répond pas.*Réessayez/, who);
        assert.equal(answer.headers.get('retry-after'), '5', who);
        assert.equal(answer.headers.get('location'), undefined, who);
      }));
      assert.deepEqual(application.taken(), []);
      for (const api of apis) await cluster.start(api);
      await untilItOpens(port);
      assert.equal((await person.visit('/')).status, 200, 'the session has ended');
      application.taken();
    });
  });
}
