// Two apis behind the proxies of docs/proxies: one is killed while programs and people come. Whoever may enter does, and nobody else.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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
/** So that visitors, who come one after the other, leave the machine to the servers. */
const BETWEEN_VISITS = 20;
/** A proxy passes over an api that failed for two seconds at most. */
const PASSED_OVER = 2_500;
const bearer = (token) => ['Authorization', `Bearer ${token}`];

let cluster;
/** The proxies, each before the same two apis and an application of its own. */
const doors = [];
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
  const session = await logIn(cluster, cluster.key, identity);
  [key, revoked] = [await newKey(session), await newKey(session)];
  const end = await fetch(`${cluster.api}/v1/oauth2/revoke`, { method: 'POST', body: new URLSearchParams({ token: revoked }) });
  assert.equal(end.status, 200);
  // ONLY=caddy tests one.
  for (const name of ['nginx', 'caddy', 'haproxy'].filter((one) => [undefined, one].includes(process.env.ONLY))) {
    const [application, port] = [await Application.start(), await freePort()];
    const proxy = await startProxy(name, cluster.folder, {
      proxy: port, api: apis.map((api) => cluster.addressOf(api)), checks: await freePort(), application: application.port,
    });
    doors.push({ name, port, proxy, application });
  }
  await atEachDoor(untilItOpens);
});

after(async () => {
  for (const { proxy, application } of doors) {
    await proxy.stop();
    application.stop();
  }
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
async function crowd(name, port, cookie, until) {
  let isOver = false;
  let entered = 0;
  const wrong = new Set();
  const coming = visitors(cookie).map(async ({ who, status, ...request }) => {
    while (!isOver) {
      const answer = await send(port, { path: '/things', ...request });
      const location = answer.headers.get('location') ?? '';
      if (answer.status !== status || location.includes('/oauth2/start?') !== (status === 302)) {
        wrong.add(`${who}, at ${name}: ${answer.status} ${location}`);
      }
      if (answer.status === 200) entered += 1;
      await setTimeout(BETWEEN_VISITS);
    }
  });
  await until;
  isOver = true;
  await Promise.all(coming);
  assert.deepEqual([...wrong], []);
  return entered;
}

/** What happens to the apis happens before all proxies at once. */
const atEachDoor = (happens) => Promise.all(doors.map(happens));

/** The proxy may not have noticed that an api is back. */
async function untilItOpens({ name, port, application }) {
  let status = 0;
  for (let asked = 0; status !== 200 && asked < 40; asked += 1) {
    await setTimeout(100);
    ({ status } = await send(port, { headers: [bearer(key)] }));
  }
  assert.equal(status, 200, name);
  application.taken();
}

async function somebodyAt({ port, application }) {
  const person = new Person(port, cluster.issuer);
  await person.logIn('/oauth2/start');
  application.taken();
  return person;
}

test('while one is killed, the other answers whoever may enter, and refuses everybody else', async () => {
  const people = await atEachDoor(somebodyAt);
  const kills = (async () => {
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
  })();
  await atEachDoor(async ({ name, port, application }, at) => {
    const entered = await crowd(name, port, people[at].cookies, kills);
    const requests = application.taken();
    assert.equal(requests.length, entered, name);
    assert.ok(entered > 30, `only ${entered} were let in by ${name}`);
    for (const request of requests) assert.deepEqual(read(request, 'X-Auth-Email'), [email], name);
  });
});

test('a login that begins at one ends at the other', async () => {
  const people = doors.map(({ port }) => new Person(port, cluster.issuer));
  await cluster.kill('api-2');
  const begun = await Promise.all(people.map((person) => person.visit('/oauth2/start?rd=/wanted')));
  await cluster.start('api-2');
  await setTimeout(PASSED_OVER);
  await cluster.kill('api-1');
  const landed = await atEachDoor(async ({ name }, at) => {
    assert.equal(begun[at].status, 303, name);
    const { pathname, search } = await people[at].goOn(begun[at].headers.get('location'));
    return people[at].visit(pathname + search);
  });
  await cluster.start('api-1');
  await atEachDoor(async ({ name, application }, at) => {
    assert.equal(landed[at].headers.get('location'), '/wanted', `${name}: ${landed[at].body}`);
    assert.equal((await people[at].visit('/wanted')).status, 200, name);
    assert.deepEqual(read(application.taken()[0], 'X-Auth-Email'), [email], name);
  });
});

test('while neither is there, nobody gets in or is sent anywhere, and people read what to do', async () => {
  const people = await atEachDoor(somebodyAt);
  for (const api of apis) await cluster.kill(api);
  const login = { who: 'somebody who begins a login', path: '/oauth2/start', headers: NAVIGATION };
  await atEachDoor(async ({ name, port, application }, at) => {
    await Promise.all([...visitors(people[at].cookies), login].map(async ({ who, status: _, ...request }) => {
      const answer = await send(port, request);
      const where = `${who}, at ${name}`;
      assert.equal(answer.status, 503, where);
      assert.match(answer.body, /ne répond pas.*Réessayez/, where);
      assert.equal(answer.headers.get('retry-after'), '5', where);
      assert.equal(answer.headers.get('location'), undefined, where);
    }));
    assert.deepEqual(application.taken(), [], name);
  });
  for (const api of apis) await cluster.start(api);
  await atEachDoor(async (door, at) => {
    await untilItOpens(door);
    assert.equal((await people[at].visit('/')).status, 200, `the session has ended at ${door.name}`);
  });
});
