// `make test-deb`: an operator installs the packages on a fresh Debian, configures them, and an agent logs in. Then come an
// upgrade, a removal and a purge. The services run under a real systemd, as their units say.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { clientSecret } from '../provider/clients.mjs';
import { Agent } from '../support/agent.mjs';
import { freePort } from '../support/ports.mjs';
import { startProvider } from '../support/provider.mjs';
import { addressesAt, root } from '../support/stack.mjs';
import { Debian } from './debian.mjs';

const NAMES = ['common', 'api', 'playground'].map((name) => `passerelle-${name}`);
const SERVERS = ['passerelle-api', 'passerelle-playground'];
const CLIENT = 'passerelle-es256';
const [FIRST, SECOND] = ['0.1.0-1', '0.2.0-1'];

let debian;
let provider;
let product;
let agent;

/** Builds the packages in a version, and copies them to Debian's /opt. Returns their paths on this machine. */
function build(version) {
  const folder = join(root, 'target/packaging', version);
  execFileSync(join(root, '.ci/deb'), ['quick', version, folder], { stdio: 'ignore' });
  return NAMES.map((name) => {
    const file = `${name}_${version}_amd64.deb`;
    copyFileSync(join(folder, file), join(debian.folder, 'opt', file));
    return join(folder, file);
  });
}

const install = (version) => debian.run('dpkg', '--install', '--force-confold', ...NAMES.map((name) => `/opt/${name}_${version}_amd64.deb`));
const inside = (path) => join(debian.folder, path);
const isActive = (unit) => debian.try('systemctl', 'is-active', unit).stdout.trim();
const property = (unit, name) => debian.run('systemctl', 'show', '--value', '--property', name, unit);
const versionOf = (name) => debian.run('dpkg-query', '--show', '--showformat', '${Version}', name);
const logOf = (unit) => debian.try('journalctl', '--unit', unit, '--no-pager').stdout;

/** Writes over the shipped configuration. Each replacement must have something to replace. */
function configure(replacements) {
  const path = inside('etc/passerelle/config.yml');
  const text = replacements.reduce((changed, [from, to]) => {
    assert.ok(changed.includes(from), `${from} is not in the configuration`);
    return changed.replaceAll(from, to);
  }, readFileSync(path, 'utf8'));
  writeFileSync(path, text);
}

function start() {
  const { status } = debian.try('systemctl', 'restart', ...SERVERS);
  assert.equal(status, 0, SERVERS.map(logOf).join('\n'));
}

before(async () => {
  assert.equal(process.getuid(), 0, 'run `make test-deb` as root');
  debian = new Debian();
  await debian.boot();
  const ports = { provider: await freePort(), api: await freePort(), playground: await freePort() };
  product = { ...addressesAt(ports), ports };
  provider = await startProvider({
    folder: inside('root'),
    port: ports.provider,
    issuer: product.issuer,
    redirectUri: `${product.api}/v1/oauth2/callback`,
    postLogoutRedirectUri: `${product.playground}/logged-out`,
  });
  agent = new Agent(product, 'camille');
});

after(async () => {
  await provider?.stop();
  await debian?.remove();
});

test('lintian finds no error', () => {
  for (const file of build(FIRST)) {
    const { stdout } = spawnSync('lintian', ['--allow-root', '--tag-display-limit', '0', file], { encoding: 'utf8' });
    assert.doesNotMatch(stdout, /^E: /m);
  }
});

test('they install, enabled and not started, with a key of their own and files closed to others', () => {
  install(FIRST);
  for (const unit of SERVERS) {
    assert.equal(debian.run('systemctl', 'is-enabled', unit), 'enabled');
    assert.equal(isActive(unit), 'inactive');
  }
  const etc = debian.run('stat', '--format', '%n %U:%G %a', '/etc/passerelle', '/etc/passerelle/config.yml',
    '/etc/passerelle/credentials', '/etc/passerelle/credentials/encryption_key', '/var/lib/passerelle');
  assert.deepEqual(etc.split('\n'), [
    '/etc/passerelle root:passerelle 750',
    '/etc/passerelle/config.yml root:passerelle 640',
    '/etc/passerelle/credentials root:passerelle 750',
    '/etc/passerelle/credentials/encryption_key root:passerelle 640',
    '/var/lib/passerelle passerelle:passerelle 700',
  ]);
  assert.match(readFileSync(inside('etc/passerelle/credentials/encryption_key'), 'utf8'), /^[\w-]{43}=\n$/);
});

test('the units are right, and expose little', () => {
  for (const unit of SERVERS) {
    debian.run('systemd-analyze', 'verify', `${unit}.service`);
    debian.run('systemd-analyze', 'security', '--offline=true', '--threshold=20', `/usr/lib/systemd/system/${unit}.service`);
  }
});

test('as shipped, the configuration is refused with what is left to do', () => {
  const { status, stderr } = debian.try('passerelle-api', 'check-config');
  assert.equal(status, 2);
  for (const key of ['oauth2.client_id', 'oauth2.client_secret']) assert.match(stderr, new RegExp(`^${key}.*Fix: `, 'm'));
  assert.notEqual(debian.try('systemctl', 'start', 'passerelle-api').status, 0);
  assert.match(logOf('passerelle-api'), /oauth2\.client_id: .*Fix: /);
  debian.run('systemctl', 'stop', 'passerelle-api');
});

test('configured, both start as their user and tell systemd so', async () => {
  writeFileSync(inside('etc/passerelle/credentials/client_secret'), `${clientSecret(CLIENT)}\n`);
  configure([
    ['your_proconnect_client_id', CLIENT],
    ['https://fca.integ01.dev-agentconnect.fr/api/v2', product.issuer],
    ['https://api.example.gouv.fr', product.api],
    ['https://app.example.gouv.fr', product.playground],
    ['[app.example.gouv.fr]', '[localhost]'],
    ['127.0.0.1:8000', `127.0.0.1:${product.ports.api}`],
    ['127.0.0.1:3000', `127.0.0.1:${product.ports.playground}`],
    ['environment: production', 'environment: development\n  drain: 2s'],
  ]);
  for (const command of ['passerelle-api', 'passerelle-playground']) debian.run(command, 'check-config');
  start();
  for (const unit of SERVERS) {
    assert.equal(isActive(unit), 'active');
    assert.match(property(unit, 'StatusText'), /^listening on http:/);
    assert.equal(debian.run('stat', '--format', '%U', `/proc/${property(unit, 'MainPID')}`), 'passerelle');
    assert.match(debian.run(unit, 'health'), /answers\.$/);
  }
});

test('the playground sees neither the database nor the secrets of the api', () => {
  const pid = property('passerelle-playground', 'MainPID');
  for (const path of ['/var/lib/passerelle/passerelle.db', '/etc/passerelle/credentials/client_secret']) {
    const reading = ['nsenter', '--target', pid, '--mount', 'setpriv', '--reuid=passerelle', '--regid=passerelle', '--clear-groups', 'cat', path];
    assert.notEqual(debian.try(...reading).status, 0, path);
  }
  assert.deepEqual(readdirSync(inside('etc/passerelle/credentials')).sort(), ['client_secret', 'encryption_key']);
});

test('an agent logs in, and commands of root find the account', async () => {
  const page = await agent.logIn();
  assert.equal(page.kind, 'account', page.message);
  const users = debian.run('passerelle-api', 'users', 'list', '--json').split('\n');
  assert.equal(users.length, 1);
  assert.equal(debian.run('stat', '--format', '%U', '/var/lib/passerelle/passerelle.db'), 'passerelle');
});

test('a reload is announced, and nobody is logged out', async () => {
  for (const unit of SERVERS) {
    debian.run('systemctl', 'reload', unit);
    assert.equal(isActive(unit), 'active');
  }
  assert.equal((await agent.visit()).kind, 'account');
});

test('systemd restarts a server that hangs', async () => {
  const pid = property('passerelle-playground', 'MainPID');
  debian.run('sh', '-c', 'mkdir -p /run/systemd/system/passerelle-playground.service.d; '
    + 'printf "[Service]\\nWatchdogSec=2\\n" >/run/systemd/system/passerelle-playground.service.d/fast.conf');
  debian.run('systemctl', 'daemon-reload');
  start();
  const hung = property('passerelle-playground', 'MainPID');
  assert.notEqual(hung, pid);
  debian.run('sh', '-c', `kill -s STOP ${hung}`);
  for (let tries = 0; tries < 100 && ['0', hung].includes(property('passerelle-playground', 'MainPID')); tries += 1) {
    await sleep(200);
  }
  assert.match(logOf('passerelle-playground'), /Watchdog timeout/);
  debian.run('rm', '-r', '/run/systemd/system/passerelle-playground.service.d');
  debian.run('systemctl', 'daemon-reload');
  start();
  assert.equal((await agent.visit()).kind, 'account');
});

test('an upgrade restarts both, and keeps sessions and the operator’s configuration', async () => {
  const [configuration, key] = ['config.yml', 'credentials/encryption_key'].map((file) => readFileSync(inside(`etc/passerelle/${file}`), 'utf8'));
  const pids = SERVERS.map((unit) => property(unit, 'MainPID'));
  build(SECOND);
  install(SECOND);
  assert.deepEqual(NAMES.map(versionOf), NAMES.map(() => SECOND));
  for (const [index, unit] of SERVERS.entries()) {
    assert.equal(isActive(unit), 'active');
    assert.notEqual(property(unit, 'MainPID'), pids[index]);
  }
  // This process notices only now that the old servers closed their connections.
  await sleep(500);
  assert.equal((await agent.visit()).kind, 'account');
  assert.equal(readFileSync(inside('etc/passerelle/config.yml'), 'utf8'), configuration);
  assert.equal(readFileSync(inside('etc/passerelle/credentials/encryption_key'), 'utf8'), key);
});

test('a socket unit passes its socket to the api, which the proxy’s group may use', async () => {
  debian.run('cp', '/usr/share/doc/passerelle-api/passerelle-api.socket', '/etc/systemd/system/');
  configure([[`listen: 127.0.0.1:${product.ports.api}`, 'listen: unix:/run/passerelle/api.sock']]);
  debian.run('systemctl', 'stop', 'passerelle-api');
  debian.run('systemctl', 'enable', '--now', 'passerelle-api.socket');
  debian.run('systemd-analyze', 'verify', 'passerelle-api.socket');
  assert.equal(debian.run('stat', '--format', '%U:%G %a', '/run/passerelle/api.sock'), 'passerelle:www-data 660');
  // The first client starts it.
  assert.match(debian.run('passerelle-api', 'health'), /answers\.$/);
  assert.equal(property('passerelle-api', 'StatusText'), 'listening on unix:/run/passerelle/api.sock');
  const asked = await new Promise((resolve, reject) => {
    const socket = connect(join('/proc', String(debian.pid), 'root/run/passerelle/api.sock'));
    socket.once('error', reject).once('data', (data) => resolve(String(data)));
    socket.write('GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  });
  assert.match(asked, /^HTTP\/1\.1 200 /);
  debian.run('systemctl', 'disable', '--now', 'passerelle-api.socket');
  debian.run('rm', '/etc/systemd/system/passerelle-api.socket');
});

test('a removal keeps configuration and accounts, a purge nothing', () => {
  debian.run('dpkg', '--remove', ...SERVERS);
  for (const unit of SERVERS) assert.notEqual(isActive(unit), 'active');
  assert.ok(existsSync(inside('etc/passerelle/config.yml')));
  assert.ok(statSync(inside('var/lib/passerelle/passerelle.db')).size > 0);
  debian.run('dpkg', '--purge', ...SERVERS, 'passerelle-common');
  for (const path of ['etc/passerelle', 'var/lib/passerelle', 'usr/lib/passerelle', 'usr/bin/passerelle-api']) {
    assert.ok(!existsSync(inside(path)), path);
  }
  assert.equal(debian.run('find', '/etc/systemd', '/usr/lib/systemd', '/var/lib/systemd/deb-systemd-helper-enabled', '-name', 'passerelle*'), '');
  install(SECOND);
  debian.run('dpkg', '--purge', ...SERVERS, 'passerelle-common');
});
