// Part of `make bench`: what it costs to ask the api for each request. Everybody answers with the same file: nginx alone, nginx with
// the recipe of docs/proxies, and Apache with mod_auth_openidc, which asks nobody.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { identities } from '../provider/identities.mjs';
import { logIn } from '../proxies/login.mjs';
import { startProxy } from '../proxies/programs.mjs';
import { CookieClient } from '../support/cookies.mjs';
import { freePort } from '../support/ports.mjs';
import { startOpenidc } from './openidc.mjs';
import { median, wrk } from './requests.mjs';
import { beside } from './stack.mjs';
import { cpuClock } from './usage.mjs';

const ROUNDS = 7;
const SECONDS = 1;
const MOST_HOPS = 20;
const PAGE = '/page.html';
/** Milliseconds that a check may add to a request, and may take of the api's processor time. */
const ADDED = 0.3;
const CPU = 0.05;

const [{ id: identity }] = identities;

/** Logs in at an application from `start`; returns its cookies once the browser is back at the page. */
async function sessionAt(start, issuer) {
  const [browser, provider] = [new CookieClient(), new CookieClient()];
  let url = new URL(start);
  const { origin } = url;
  let form;
  for (let hops = 0; hops < MOST_HOPS; hops += 1) {
    const isAtProvider = url.href.startsWith(issuer);
    const response = await (isAtProvider ? provider : browser).fetch(url, { form });
    await response.text();
    const location = response.headers.get('location');
    form = location || !isAtProvider ? undefined : { identity };
    url = location ? new URL(location, url) : url;
    if (location && url.href === origin + PAGE) return { cookie: browser.header(PAGE) };
  }
  throw new Error(`the login ended at ${url.origin}${url.pathname}`);
}

async function newKey(api, session) {
  const answer = await fetch(`${api}/v1/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'bench' }),
  });
  if (!answer.ok) throw new Error(`no key was made: ${answer.status}`);
  return { authorization: `Bearer ${(await answer.json()).value}` };
}

/** nginx with the recipe, but with a file instead of an application behind it. */
function startNginx(folder, name, { port, api, changes = [] }) {
  const file = ['proxy_pass http://127.0.0.1:1;', `root ${folder}/files;`];
  return startProxy('nginx', join(folder, name), { proxy: port, api, application: 1 }, {
    plain: true, workers: 'auto', changes: [file, ...changes],
  });
}

/** A door that opens to anybody would measure nothing. */
async function assertClosed({ name, port }) {
  const { status } = await fetch(`http://localhost:${port}${PAGE}`, { redirect: 'manual' });
  if (![302, 401].includes(status)) throw new Error(`${name}: somebody who shows nothing gets ${status}`);
}

/** Each round asks all of them, so that a bad second of the machine is nobody's alone. */
async function measure(doors, { clients, pid }) {
  const rounds = doors.map(() => []);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, { port, headers }] of doors.entries()) {
      const spent = cpuClock(pid);
      const answers = await wrk(`http://127.0.0.1:${port}${PAGE}`, {
        clients, seconds: SECONDS, headers: { Host: `localhost:${port}`, ...headers },
      });
      // The first round warms up.
      if (round) rounds[index].push({ ...answers, cpu: spent() / answers.count });
    }
  }
  return rounds.map((one) => ({
    perSecond: median(one.map(({ perSecond }) => perSecond)),
    p50: median(one.map(({ p50 }) => p50)),
    cpu: Math.min(...one.map(({ cpu }) => cpu)),
  }));
}

/** The first door is nginx alone, the last is Apache; those between ask the api. */
async function record(report, doors, pid) {
  report.section('A file behind a check, one client');
  const alone = await measure(doors, { clients: 1, pid });
  for (const [index, { name, asks }] of doors.entries()) {
    report.add(`${name}: half within`, alone[index].p50, 'ms');
    if (asks) report.add(`${name}: added to nginx alone`, alone[index].p50 - alone[0].p50, 'ms', ADDED);
  }
  report.section('A file behind a check, 16 clients');
  const among = await measure(doors, { clients: 16, pid });
  for (const [index, { name, asks }] of doors.entries()) {
    const { perSecond, cpu } = among[index];
    report.add(`${name}: a second`, perSecond, '');
    if (!asks) continue;
    report.addCpu(`${name}: api CPU`, cpu, CPU);
    report.add(`${name}: mod_auth_openidc is so many times as fast`, among.at(-1).perSecond / perSecond, '×', 1);
  }
}

export async function measureFront(report) {
  const ports = { alone: await freePort(), key: await freePort(), session: await freePort() };
  const site = `http://localhost:${ports.session}`;
  await beside({ settings: { api: { protected_origins: [site] } } }, async ({ folder, key, pids, ...product }) => {
    // Apache reads the file as another user.
    chmodSync(folder, 0o711);
    mkdirSync(join(folder, 'files'));
    writeFileSync(join(folder, 'files', PAGE), 'Bonjour\n');
    const api = new URL(product.api).port;
    const programs = [];
    const start = async (program) => {
      programs.unshift(await program);
      return programs[0];
    };
    try {
      await start(startNginx(folder, 'alone', { port: ports.alone, api, changes: [['auth_request /_passerelle/verify;', '']] }));
      await start(startNginx(folder, 'key', { port: ports.key, api }));
      await start(startNginx(folder, 'session', { port: ports.session, api, changes: [['/v1/auth/verify', '/oauth2/auth']] }));
      const apache = await start(startOpenidc(folder, join(folder, 'files')));
      const bearer = await newKey(product.api, await logIn(product, key, identity));
      const cookie = await sessionAt(`${site}/oauth2/start?rd=${PAGE}`, product.issuer);
      const doors = [
        { name: 'nginx alone', port: ports.alone },
        { name: '/v1/auth/verify, a key', port: ports.key, headers: bearer, asks: true },
        { name: '/oauth2/auth, a session', port: ports.session, headers: { ...cookie, 'sec-fetch-site': 'none' }, asks: true },
        { name: 'mod_auth_openidc, a session', port: apache.port, headers: await sessionAt(`http://localhost:${apache.port}${PAGE}`, apache.issuer) },
      ];
      for (const door of doors.slice(1)) await assertClosed(door);
      await record(report, doors, pids.api);
    } finally {
      for (const program of programs) await program.stop();
    }
  });
}
