// `make bench-flood`: how long real logins take while somebody floods the api. Flood and agents come through one
// trusted proxy, from different addresses. On a machine with several processors, the api has one to itself, so that
// the program that sends the flood costs the api nothing except its requests.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { agent, Browsers } from './browsers.mjs';
import { percentile, wrk } from './requests.mjs';
import { Report } from './report.mjs';
import { beside, light } from './stack.mjs';

const SECONDS = 3;
const LOGINS_PER_SECOND = 40;
const FLOOD_CLIENTS = 64;
const SLOW_CLIENTS = 500;
/** Milliseconds between the requests of one connection of the flood: about 6,000 a second from all. */
const PAUSE = 10;
/** How many times as long as alone a login may take. */
const AT_MOST = 2;

const ONE_ADDRESS = '203.0.113.9';
const MANY_ADDRESSES = 'many';

const KINDS = {
  callback: 'callbacks with a forged cookie',
  bearer: 'API tokens that are not valid',
  login: 'logins for an origin that is not allowed',
  url: 'addresses of 16 KB',
  path: 'paths that do not exist',
  all: 'all of these, and 500 slow clients',
};

const script = fileURLToPath(new URL('flood.lua', import.meta.url));

function pin(pids) {
  const others = cpus().length - 1;
  if (!others) return;
  const on = (processors, pid) => {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', processors, String(pid)], { stdio: 'ignore' });
  };
  on('0', pids.api);
  for (const pid of [pids.provider, pids.playground, process.pid]) on(`1-${others}`, pid);
}

/** Agents begin to log in at a constant rate, however long earlier logins take. */
async function logIns(browsers) {
  const times = [];
  const began = performance.now();
  const under = [];
  for (let number = 0; number < SECONDS * LOGINS_PER_SECOND; number += 1) {
    const due = began + (number / LOGINS_PER_SECOND) * 1000;
    await sleep(due - performance.now());
    const login = browsers.logIn({ algorithm: 'RS256', sub: agent(number) });
    under.push(login.then(() => times.push(performance.now() - due)));
  }
  await Promise.all(under);
  return { p50: percentile(times, 0.5), p95: percentile(times, 0.95) };
}

/** Connections that send the head of a request byte by byte, and never end it. */
async function slowly(api) {
  const { port } = new URL(api);
  const sockets = Array.from({ length: SLOW_CLIENTS }, () => connect(port, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  for (const socket of sockets) {
    socket.on('error', () => socket.destroy());
    socket.write('GET / HTTP/1.1\r\nX-Slow: ');
  }
  const timer = setInterval(() => sockets.forEach((socket) => socket.write('a')), 1000);
  return () => {
    clearInterval(timer);
    for (const socket of sockets) socket.destroy();
  };
}

/** With the times of `alone`, the budget is twice those times. */
async function flooded(report, browsers, { kind, what, address, pause = 0 }, alone) {
  const stop = kind === 'all' ? await slowly(browsers.api) : () => {};
  const arguments_ = [kind, address, String(pause)];
  const flood = wrk(browsers.api, { clients: FLOOD_CLIENTS, seconds: SECONDS + 2, script: [script, ...arguments_] });
  await sleep(1000);
  const { p50, p95 } = await logIns(browsers);
  const { perSecond } = await flood;
  stop();
  report.add(`${what}, a second`, perSecond, '');
  report.add('  half of the logins within', p50, 'ms', alone && AT_MOST * alone.p50);
  report.add('  95 % of the logins within', p95, 'ms', alone && AT_MOST * alone.p95);
}

const report = new Report();

await beside({ ...light, settings: { api: { trusted_proxies: ['127.0.0.1/32'] } } }, async ({ pids, ...target }) => {
  pin(pids);
  const browsers = new Browsers({ ...target, clients: 64, headers: { 'x-forwarded-for': '192.0.2.1' } });
  await logIns(browsers);
  report.section(`${LOGINS_PER_SECOND} logins a second, RS256`);
  const alone = await logIns(browsers);
  report.add('alone: half within', alone.p50, 'ms');
  report.add('alone: 95 % within', alone.p95, 'ms');

  report.section(`During a flood of ${(FLOOD_CLIENTS * 1000) / PAUSE} requests a second`);
  for (const [kind, what] of Object.entries(KINDS)) {
    await flooded(report, browsers, { kind, what, address: ONE_ADDRESS, pause: PAUSE }, alone);
  }
  report.section('During a flood from many addresses');
  await flooded(report, browsers, { kind: 'all', what: KINDS.all, address: MANY_ADDRESSES, pause: PAUSE }, alone);
  report.section('During a flood as fast as it is answered');
  await flooded(report, browsers, { kind: 'all', what: 'from one address', address: ONE_ADDRESS });
  await flooded(report, browsers, { kind: 'all', what: 'from many addresses', address: MANY_ADDRESSES });
  browsers.close();
});

report.print({});
process.exitCode = report.exceeded.length ? 1 : 0;
