// The recipes of docs/proxies on the real programs: the application only ever sees what the api verified.

import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { Postgres } from '../cluster/postgres.mjs';
import { identities } from '../provider/identities.mjs';
import { freePort } from '../support/ports.mjs';
import { startServer } from '../support/stack.mjs';
import { Application, outside, read, send } from './client.mjs';
import { logIn } from './login.mjs';
import { names, startProxy } from './programs.mjs';
import { LOG, newFolder, startService } from './service.mjs';

const [{ id: identity, claims: { email } }] = identities;
const VERIFIED = ['User-Id', 'Email', 'Name', 'Role', 'Permissions', 'Organization', 'Siret', 'Acr', 'Token-Id', 'Token-Kind']
  .map((name) => `X-Auth-${name}`);
/** It has the form of a token: the api counts only those. */
const UNKNOWN = `sk-${'a'.repeat(43)}`;
const FORGED = 'forged-by-the-client';

/** What is behind one proxy: an api with its database, and an application. The proxies are tested side by side. */
class Behind {
  async start() {
    this.folder = await newFolder();
    this.postgres = await Postgres.create(this.folder);
    this.database = await this.postgres.start();
    Object.assign(this, await startService(this.folder, { database_url: this.postgres.url, database_timeout: '1s' }));
    this.application = await Application.start();
    this.token = await this.logIn();
  }

  logIn() {
    return logIn(this.addresses, this.key, identity);
  }

  async stop() {
    this.application?.stop();
    await this.api?.stop();
    await this.provider?.stop();
    this.collector?.close();
    await this.database?.stop();
    if (this.folder) await rm(this.folder, { recursive: true, force: true });
  }
}

/** The one request that reached the application. */
function reached({ application }) {
  const requests = application.taken();
  assert.equal(requests.length, 1);
  return requests[0];
}

function assertVerified(request, what, token) {
  assert.deepEqual(read(request, 'X-Auth-Email'), [email], what);
  assert.deepEqual(read(request, 'X-Auth-Role'), ['Freemium'], what);
  assert.deepEqual(read(request, 'X-Auth-Token-Kind'), ['session'], what);
  for (const name of VERIFIED) assert.ok(read(request, name).length <= 1, `${what}: ${name} is doubled`);
  const all = JSON.stringify(request.headers);
  assert.ok(!all.includes(token), `${what}: the application sees the token: ${all}`);
  assert.ok(!all.includes(FORGED), `${what}: the application sees what the client forged: ${all}`);
}

const spellings = (name) => [
  name, name.toLowerCase(), name.toUpperCase(), name.replaceAll('-', '_'), name.toLowerCase().replaceAll('-', '_'),
  name.replace('-', '_'),
];

/** What a client might claim about itself. */
const claims = [
  ...VERIFIED, 'X-Auth-Reason', 'X-Auth-Request-Email', 'X-Auth-Request-User', 'X-Forwarded-User', 'X-Forwarded-Email',
  'X-Forwarded-Groups', 'Remote-User', 'X-Original-URL', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Real-IP', 'Forwarded',
];

describe('the recipes', { concurrency: 3 }, () => {
  // ONLY=caddy tests one.
  for (const name of names.filter((one) => [undefined, one].includes(process.env.ONLY))) {
    describe(name, { concurrency: 1 }, () => {
      const behind = new Behind();
      let proxy;
      let port;
      const bearer = () => ['Authorization', `Bearer ${behind.token}`];
      const ask = (request) => send(port, request);

      before(async () => {
        await behind.start();
        port = await freePort();
        proxy = await startProxy(name, behind.folder, { proxy: port, api: behind.ports.api, application: behind.application.port });
        behind.application.taken();
      });
      after(async () => {
        await proxy?.stop();
        await behind.stop();
      });

      test('a good token opens the application, which sees who called and not the token', async () => {
        for (const credential of [bearer(), ['X-API-Key', behind.token], ['Authorization', `Basic ${btoa(`git:${behind.token}`)}`]]) {
          const answer = await ask({ path: '/api/things?a=1', headers: [credential, ['Cookie', `theirs=1; passerelle=${behind.token}`]] });
          assert.equal(answer.status, 200, `${credential[0]}: ${answer.body}\n${proxy.tail()}`);
          const request = reached(behind);
          assertVerified(request, credential[0], behind.token);
          assert.equal(request.path, '/api/things?a=1');
          assert.deepEqual(read(request, 'Cookie'), ['theirs=1']);
          assert.deepEqual(read(request, 'X-API-Key').filter(Boolean), []);
          assert.deepEqual(read(request, 'X-Forwarded-For'), ['127.0.0.1']);
        }
      });

      test('one id leads from the proxy to the log of the api and to the application, and a client names no request or trace', async () => {
        const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
        const parent = `00-${trace}-00f067aa0ba902b7-01`;
        for (const claimed of [[], [['X-Request-Id', FORGED], ['traceparent', parent]], [['x-request-id', FORGED], ['X-Request-Id', FORGED]]]) {
          assert.equal((await ask({ path: '/api/things', headers: [...claimed, bearer()] })).status, 200);
          const [id, ...others] = read(reached(behind), 'X-Request-Id');
          assert.deepEqual(others, []);
          assert.match(id, /^[\w-]{8,64}$/);
          assert.notEqual(id, FORGED);
          const checked = await behind.collector.span(({ attributes }) => attributes['passerelle.request_id'] === id);
          assert.notEqual(checked.trace, trace, 'a client names a trace');
          assert.ok(behind.api.output().includes(`id="${id}"`), `the log of the api does not have ${id}`);
        }
        await ask({ path: '/oauth2/sign_in', headers: [['X-Request-Id', FORGED], ['traceparent', parent]] });
        await setTimeout(2_000);
        assert.ok(!behind.api.output().includes(FORGED), 'a client names a request');
        assert.ok(behind.collector.spans.every((span) => span.trace !== trace), 'a client names a trace');
      });

      test('nobody gets in without a credential or with a wrong one, and is told how to show one', async () => {
        for (const headers of [[], [['Authorization', 'Bearer sk-pssWrong']], [['X-API-Key', 'wrong']]]) {
          for (const method of ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']) {
            const answer = await ask({ method, path: '/api/things', headers });
            assert.equal(answer.status, 401, `${method} ${headers.map(([header]) => header)}`);
            assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer realm="passerelle"/);
          }
        }
        assert.deepEqual(behind.application.taken(), []);
      });

      test('two credentials of one kind are refused', async () => {
        for (const twice of [bearer(), ['X-API-Key', behind.token]]) {
          const answer = await ask({ headers: [twice, twice] });
          // nginx itself refuses two `Authorization`.
          assert.ok([400, 401].includes(answer.status), `${twice[0]}: ${answer.status}`);
        }
        assert.deepEqual(behind.application.taken(), []);
      });

      test('a path with a role is closed to another role, however the path is written', async () => {
        for (const path of [
          '/admin/', '/admin/x?role=Freemium', '//admin/x', '/./admin/x', '/a/../admin/x', '/%61dmin/x', '/a/%2e%2e/admin/x', '/a/%2E./admin/x',
        ]) {
          const answer = await ask({ path, headers: [bearer()] });
          assert.ok([400, 403, 404].includes(answer.status), `${path} is ${answer.status}`);
          assert.deepEqual(behind.application.taken(), [], path);
        }
        const answer = await ask({ path: '/admin/', headers: [bearer()] });
        assert.equal(answer.status, 403);
        assert.equal(answer.headers.get('x-auth-reason'), 'role');
      });

      test('the query of a client is no condition', async () => {
        assert.equal((await ask({ path: '/x?role=Nobody&roles=a', headers: [bearer()] })).status, 200);
        assert.equal((await ask({ path: '/admin/?role=Freemium', headers: [bearer()] })).status, 403);
        behind.application.taken();
      });

      test('no claim of a client reaches the application', async () => {
        for (const claim of claims) {
          const forged = spellings(claim).flatMap((spelling) => [[spelling, ''], [spelling, FORGED], [spelling, FORGED]]);
          for (const headers of [[...forged, bearer()], [bearer(), ...forged]]) {
            assert.equal((await ask({ headers })).status, 200, claim);
            assertVerified(reached(behind), claim, behind.token);
          }
          const alone = await ask({ headers: forged });
          assert.equal(alone.status, 401, `${claim} alone`);
        }
        assert.deepEqual(behind.application.taken(), []);
      });

      test('`Connection` removes no verified header', async () => {
        for (const connection of ['close, X-Auth-Email, X-Auth-Role', 'X-Auth-Email, close', 'close, x-auth-user-id, authorization']) {
          const answer = await ask({ headers: [['Connection', connection], bearer()] });
          const requests = behind.application.taken();
          if (requests.length === 0) assert.ok(answer.status >= 400, `${connection}: ${answer.status}`);
          for (const request of requests) {
            assertVerified(request, connection, behind.token);
            assert.deepEqual(read(request, 'X-Auth-User-Id'), ['1']);
          }
        }
      });

      test('nothing that a client says skips the check', async () => {
        for (const request of [
          { headers: [['User-Agent', 'kube-probe/1.30']] },
          { headers: [['User-Agent', 'GoogleHC/1.0']], path: '/health/live' },
          { headers: [['X-Original-URL', '/oauth2/start']] },
          { headers: [['X-Forwarded-Uri', '/oauth2/start'], ['X-Forwarded-Method', 'OPTIONS']] },
          { path: '/oauth2/../api' },
          { path: '/oauth2/%2e%2e/api' },
          { path: '/oauth2/%2e%2e%2fapi' },
          { path: '/api#/oauth2/' },
          { path: '/oauth2/#/../../api' },
          { path: '/_passerelle/verify' },
          { version: '1.0' },
          { method: 'POST', headers: [['Content-Length', '0'], ['Transfer-Encoding', 'chunked']], body: '0\r\n\r\n' },
          { method: 'POST', headers: [['Content-Length', '0'], ['Content-Length', '5']], body: 'GET /' },
          { headers: [['Host', 'localhost']] },
        ]) {
          const answer = await ask(request);
          assert.ok(answer.status >= 400 || answer.status === 0, `${JSON.stringify(request)} is ${answer.status}`);
          assert.deepEqual(behind.application.taken(), [], JSON.stringify(request));
        }
      });

      test('too many wrong tokens of a client are 429, a right one still opens, and other clients are not concerned', async (t) => {
        const from = outside();
        if (!from) return t.skip('this machine has only loopback addresses, which the api does not limit');
        const wrong = { authorization: `Bearer ${UNKNOWN}`, 'x-forwarded-for': from };
        let status = 0;
        for (let sent = 0; sent < 3000 && status !== 429; sent += 20) {
          const flood = Array.from({ length: 20 }, () => fetch(`http://127.0.0.1:${behind.ports.api}/v1/auth/verify`, { headers: wrong }));
          for (const answer of await Promise.all(flood)) {
            await answer.text();
            status = answer.status;
          }
        }
        assert.equal(status, 429);
        // The api forgives 20 in a second.
        const again = Array.from({ length: 100 }, () => ask({ from, headers: [['Authorization', `Bearer ${UNKNOWN}`]] }));
        const statuses = (await Promise.all(again)).map((answer) => answer.status);
        assert.ok(statuses.includes(429), `${statuses}`);
        assert.ok(statuses.every((one) => one === 401 || one === 429), `${statuses}`);
        assert.equal((await ask({ headers: [['Authorization', `Bearer ${UNKNOWN}`]] })).status, 401);
        assert.deepEqual(behind.application.taken(), []);
        assert.equal((await ask({ from, headers: [bearer()] })).status, 200);
        assert.deepEqual(read(reached(behind), 'X-Forwarded-For'), [from]);
      });

      test('nobody gets in while the database is down, and everybody again once it is back', async () => {
        await behind.database.stop();
        const answer = await ask({ path: '/api/things', headers: [bearer()] });
        assert.equal(answer.status, 503);
        // The api's own answer is for programs.
        assert.match(answer.body, /ne répond pas|Service Unavailable|does not answer/);
        assert.equal((await ask({ path: '/api/things' })).status, 401);
        assert.deepEqual(behind.application.taken(), []);
        behind.database = await behind.postgres.start();
        let status = 0;
        for (let asked = 0; status !== 200 && asked < 40; asked += 1) {
          await setTimeout(250);
          ({ status } = await ask({ headers: [bearer()] }));
        }
        assert.equal(status, 200);
        behind.application.taken();
      });

      test('nobody gets in while the api is down, and everybody again once it is back', async () => {
        await behind.api.kill();
        for (const headers of [[bearer()], []]) {
          const answer = await ask({ path: '/api/things', headers });
          assert.equal(answer.status, 503);
          assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
          assert.match(answer.body, /ne répond pas/);
        }
        if (name !== 'nginx-api') {
          const login = await ask({ path: '/oauth2/start', headers: [['Accept', 'text/html']] });
          assert.equal(login.status, 503);
          assert.match(login.body, /ne répond pas.*Réessayez/);
        }
        assert.deepEqual(behind.application.taken(), []);
        behind.api = await startServer('api', behind.folder, { env: LOG });
        assert.equal((await ask({ headers: [bearer()] })).status, 200);
        assertVerified(reached(behind), 'after the api came back', behind.token);
      });

      test('the logs of the proxy have no token', async () => {
        assert.ok(!proxy.output().includes(behind.token));
      });
    });
  }

  describe('nginx that keeps the answers of the api', { concurrency: 1 }, () => {
    const behind = new Behind();
    let proxy;
    let port;

    before(async () => {
      await behind.start();
      port = await freePort();
      proxy = await startProxy('nginx', behind.folder, { proxy: port, api: behind.ports.api, application: behind.application.port }, { caches: true });
      behind.application.taken();
    });
    after(async () => {
      await proxy?.stop();
      await behind.stop();
    });

    test('a revoked token opens for five seconds at most, only where it opened before, and nobody else profits', async () => {
      const revoked = await behind.logIn();
      const show = ['Authorization', `Bearer ${revoked}`];
      assert.equal((await send(port, { headers: [show] })).status, 200);
      const request = reached(behind);
      assert.deepEqual(read(request, 'X-Auth-Email'), [email]);
      const [id] = read(request, 'X-Auth-Token-Id');
      const end = await fetch(`http://127.0.0.1:${behind.ports.api}/v1/me/sessions/${id}`, { method: 'DELETE', headers: { authorization: show[1] } });
      assert.ok(end.ok, `ending the session is ${end.status}`);
      const since = performance.now();

      assert.equal((await send(port, { headers: [show] })).status, 200);
      assert.deepEqual(read(reached(behind), 'X-Auth-Token-Id'), [id]);
      for (const headers of [[], [['Authorization', 'Bearer sk-pssWrong']], [show, ['Cookie', 'any=1']], [['X-API-Key', revoked]]]) {
        assert.equal((await send(port, { headers })).status, 401, `${headers.map(([name]) => name)}`);
      }
      assert.equal((await send(port, { path: '/admin/', headers: [show] })).status, 401);
      assert.deepEqual(behind.application.taken(), []);

      let status = 200;
      while (status === 200 && performance.now() - since < 10_000) {
        await setTimeout(250);
        ({ status } = await send(port, { headers: [show] }));
      }
      assert.equal(status, 401);
      // nginx counts in whole seconds.
      assert.ok(performance.now() - since < 7_500, `it opened for ${Math.round(performance.now() - since)} ms`);
    });
  });
});
