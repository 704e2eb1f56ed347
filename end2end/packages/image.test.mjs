// `make test-image`: the container image as `docker load` gets it. No engine runs it here; its own root file system does, as an
// engine would set it up, with the configuration of docs/container, PostgreSQL, and an agent who logs in.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Postgres } from '../cluster/postgres.mjs';
import { clientSecret } from '../provider/clients.mjs';
import { Agent } from '../support/agent.mjs';
import { freePort } from '../support/ports.mjs';
import { startProvider } from '../support/provider.mjs';
import { addressesAt, root } from '../support/stack.mjs';
import { Container } from './container.mjs';

const CLIENT = 'passerelle-es256';
const archive = process.env.IMAGE;

let container;
let home;
let ports;
let product;
/** What an engine mounts, besides the configuration. */
let around;
/** What is around the container. */
const running = [];
const servers = [];

/** docs/container/config.yml, filled in. Each replacement must have something to replace. */
function configured() {
  const replacements = [
    ['your_proconnect_client_id', CLIENT],
    ['https://fca.integ01.dev-agentconnect.fr/api/v2', product.issuer],
    ['https://api.example.gouv.fr', product.api],
    ['https://app.example.gouv.fr', product.playground],
    ['[app.example.gouv.fr]', '[localhost]'],
    ['environment: production', 'environment: development'],
    ['0.0.0.0:8000', `0.0.0.0:${ports.api}`],
    ['http://api:8000', `http://api:${ports.api}`],
    ['0.0.0.0:3000', `0.0.0.0:${ports.playground}`],
  ];
  return replacements.reduce((text, [from, to]) => {
    assert.ok(text.includes(from), `${from} is not in the configuration`);
    return text.replaceAll(from, to);
  }, readFileSync(join(root, 'docs/container/config.yml'), 'utf8'));
}

before(async () => {
  assert.equal(process.getuid(), 0, 'run `make test-image` as root');
  container = new Container(archive);
  home = mkdtempSync(join(tmpdir(), 'passerelle-image-'));
  chmodSync(home, 0o711);
  ports = { provider: await freePort(), api: await freePort(), playground: await freePort(), database: await freePort() };
  product = addressesAt(ports);
});

after(async () => {
  for (const server of servers) await server.kill();
  for (const program of running.reverse()) await program.stop();
  container?.remove();
  if (home) rmSync(home, { recursive: true, force: true });
});

test('it is for the user and the commands that the documentation names', () => {
  const { User, Cmd, Entrypoint, WorkingDir, Env, Healthcheck } = container.image;
  // What docker calls passerelle:latest.
  assert.ok(container.tags.includes('docker.io/library/passerelle:latest'), `${container.tags}`);
  assert.deepEqual({ User, Cmd, WorkingDir, check: Healthcheck.Test }, {
    User: '65532:65532', Cmd: ['/api', 'serve'], WorkingDir: '/var/lib/passerelle', check: ['CMD', '/api', 'health'],
  });
  assert.deepEqual(Entrypoint ?? [], []);
  assert.ok(Env.includes('CONFIG_FILE=/etc/passerelle/config.yml'));
});

test('nothing is in it but both programs, the site and the authorities, and only its user’s folder can be written', () => {
  assert.deepEqual(container.list().filter((line) => !line.startsWith('site/pkg/playground.')), [
    'api 0:0 0755',
    'etc 0:0 0755', 'etc/ssl 0:0 0755', 'etc/ssl/certs 0:0 0755', 'etc/ssl/certs/ca-certificates.crt 0:0 0644',
    'playground 0:0 0755',
    'site 0:0 0755', 'site/hash.txt 0:0 0644', 'site/pkg 0:0 0755',
    'var 0:0 0755', 'var/lib 0:0 0755', 'var/lib/passerelle 65532:65532 0755',
  ]);
  for (const program of ['api', 'playground']) {
    const headers = execFileSync('readelf', ['--program-headers', join(container.root, program)], { encoding: 'utf8' });
    assert.doesNotMatch(headers, /INTERP/, `${program} needs a library of the system`);
  }
});

test('it makes a key', async () => {
  container.mount({});
  const made = await container.run(['/api', 'generate-key']);
  assert.equal(made.status, 0, made.stderr);
  around = {
    'etc/hosts': '127.0.0.1 localhost api database\n',
    'run/secrets/client_secret': `${clientSecret(CLIENT)}\n`,
    'run/secrets/encryption_key': made.stdout,
    // As compose.yaml says: the host is the name of the service.
    'run/secrets/database_url': `postgres://api:password@database:${ports.database}/postgres\n`,
  };
});

/** A server with https alone, its own authority. */
async function startSelfSigned() {
  const [certificate, key] = ['certificate.pem', 'key.pem'].map((name) => join(home, name));
  execFileSync('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=provider',
    '-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:FALSE', '-keyout', key, '-out', certificate,
  ], { stdio: 'ignore' });
  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (_request, response) => {
    response.writeHead(418).end();
  }).listen(ports.provider, '127.0.0.1');
  await once(server, 'listening');
  return { server, authorities: readFileSync(certificate, 'utf8') };
}

test('it trusts the authorities of its file alone', async () => {
  container.mount({
    'etc/passerelle/config.yml': configured().replaceAll(product.issuer, product.issuer.replace('http:', 'https:')),
    ...around,
  });
  const { server, authorities } = await startSelfSigned();
  const file = join(container.root, 'etc/ssl/certs/ca-certificates.crt');
  const shipped = readFileSync(file, 'utf8');
  assert.ok(shipped.split('BEGIN CERTIFICATE').length > 100);
  const discovery = async () => {
    const { stdout } = await container.run(['/api', 'doctor', '--json']);
    return stdout.split('\n').find((line) => line.includes('"discovery"'));
  };
  assert.match(await discovery(), /UnknownIssuer/);
  writeFileSync(file, authorities);
  assert.match(await discovery(), /418/);
  writeFileSync(file, shipped);
  server.close();
});

test('its servers start with the configuration of docs/container, and their health is seen', async () => {
  const postgres = await Postgres.create(home, ports.database);
  running.push(await postgres.start());
  running.push(await startProvider({
    folder: home,
    port: ports.provider,
    redirectUri: `${product.api}/v1/oauth2/callback`,
    postLogoutRedirectUri: [`${product.playground}/logged-out`, `${product.api}/oauth2/signed-out`],
  }));
  container.mount({ 'etc/passerelle/config.yml': configured(), ...around });
  for (const [server, health] of [['api', container.image.Healthcheck.Test.slice(1)], ['playground', ['/playground', 'health']]]) {
    const checked = await container.run([`/${server}`, 'check-config']);
    assert.equal(checked.status, 0, checked.stderr);
    assert.equal((await container.run(health)).status, 1);
    servers.push(await container.start(server, [`/${server}`, 'serve']));
    const healthy = await container.run(health);
    assert.equal(healthy.status, 0, healthy.stderr);
  }
});

test('they run as the user of the image, without a privilege, and can write nothing', () => {
  for (const server of servers) {
    assert.match(container.about(server, 'status'), /^Uid:\t65532\t65532\t65532\t65532$[^]*^CapEff:\t0+$/m);
    assert.match(container.about(server, 'mounts'), /^\S+ \/ \S+ ro,/m);
  }
});

test('an agent logs in and out', async () => {
  const agent = new Agent(product, 'camille');
  const page = await agent.logIn();
  assert.equal(page.kind, 'account', page.message);
  const users = await container.run(['/api', 'users', 'list', '--json']);
  assert.equal(users.stdout.trim().split('\n').length, 1, users.stderr);
  assert.equal((await agent.logOut()).kind, 'logout');
  assert.equal((await agent.visit()).kind, 'login');
});

test('SIGTERM ends both, each the first process of its container, in good order', async () => {
  for (const server of servers) {
    assert.equal(await container.stop(server), 'ended with status 0', server.tail());
    assert.match(server.output(), /stopping: requests in flight may finish/);
  }
});
