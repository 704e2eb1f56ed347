// `make bench`: what a login costs, in time, memory and bytes. Starts its own programs on loopback.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../support/ports.mjs';
import { encryptionKey, Stack } from '../support/stack.mjs';
import { measureLogin, measureRedirect } from './login.mjs';
import { measurePage } from './page.mjs';
import { measureStart } from './start.mjs';
import { residentBytes } from './usage.mjs';

const KIB = 1024;
const MIB = KIB * KIB;

const rows = [];

/** `limit` is the most the figure may be. */
function record(what, value, unit, limit) {
  rows.push({ what, value: `${value.toFixed(value < 10 ? 3 : 1)} ${unit}`, limit: `${limit} ${unit}`, within: value <= limit });
}

async function measure(client) {
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-bench-'));
  const ports = { provider: await freePort(), api: await freePort(), playground: await freePort() };
  const stack = await Stack.start({ folder, ports, client, key: encryptionKey() });
  try {
    await (client.endsWith('rs256') ? measureAll(stack, folder) : measureLoginOnly(stack));
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true });
  }
}

async function measureAll(stack, folder) {
  record('api, resident when idle', residentBytes(stack.pid('api')) / MIB, 'MiB', 20);
  record('playground, resident when idle', residentBytes(stack.pid('playground')) / MIB, 'MiB', 25);
  for (const name of ['api', 'playground']) {
    record(`${name}, from start to first answer`, await measureStart(name, folder), 'ms', 100);
  }
  const target = targetOf(stack);
  const login = await measureLogin(target);
  record('api CPU per login, RS256', login.milliseconds, 'ms', 2.1);
  const redirect = measureRedirect(target);
  record('api CPU per login redirect', redirect.milliseconds, 'ms', 0.18);
  record('api, resident after the load', residentBytes(stack.pid('api')) / MIB, 'MiB', 20);
  const page = await measurePage(stack.playground);
  for (const { path, bytes } of page.files) record(`  ${path}`, bytes / KIB, 'KiB', path.endsWith('.wasm') ? 48 : 60);
  record(`login page, ${page.files.length} requests, cold`, page.bytes / KIB, 'KiB', 60);
  record('login page, first paint', page.usableMilliseconds, 'ms', 1200);
}

async function measureLoginOnly(stack) {
  const login = await measureLogin(targetOf(stack));
  record('api CPU per login, ES256', login.milliseconds, 'ms', 2.1);
}

const targetOf = (stack) => ({
  api: stack.api,
  issuer: stack.issuer,
  playground: stack.playground,
  pid: stack.pid('api'),
});

for (const client of ['passerelle-rs256', 'passerelle-es256']) await measure(client);

const width = Math.max(...rows.map(({ what }) => what.length));
for (const { what, value, limit, within } of rows) {
  console.log(`${what.padEnd(width)}  ${value.padStart(14)}   at most ${limit.padStart(9)}  ${within ? '' : '  EXCEEDED'}`);
}
if (rows.some(({ within }) => !within)) process.exitCode = 1;
