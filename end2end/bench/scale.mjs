// `make bench-scale`: whether a login, a bearer check and a list of keys cost the same with a million people and five million
// tokens as with a thousand, on both databases, and whether people log in while a million tokens are pruned.

import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { freePort } from '../support/ports.mjs';
import { agent, Browsers } from './browsers.mjs';
import { KEYS, PostgresDatabase, SqliteDatabase, tokenOf } from './databases.mjs';
import { median, percentile, wrk } from './requests.mjs';
import { beside, light } from './stack.mjs';
import { cpuClock, residentMebibytes } from './usage.mjs';

const SMALL = 1_000;
const LARGE = Number(process.env.SCALE_PEOPLE ?? 1_000_000);
const TOKENS_EACH = 5;
const EXPIRED = LARGE;
const LARGEST_RATIO = 1.5;
/** The most milliseconds that a login may take while tokens are pruned. */
const LONGEST_LOGIN = 1_000;
/** The most seconds that the pruning itself may take: the next one begins within the hour. */
const LONGEST_PRUNING = 600;

const ROUNDS = 3;
const SECONDS = 4;
const LOGINS = 400;
const CLIENTS = 8;
const KINDS = { postgresql: PostgresDatabase, sqlite: SqliteDatabase };
const only = process.argv[2];
if (only && !(only in KINDS)) {
  console.error(`bench-scale: there is no database ${only}: ${Object.keys(KINDS).join(' or ')}`);
  process.exit(2);
}

const bearerScript = fileURLToPath(new URL('bearer.lua', import.meta.url));

const say = (text) => console.error(`bench-scale: ${text}`);
const anyOf = (count) => 1 + Math.floor(Math.random() * count);
const times = (values) => ({ p50: percentile(values, 0.5), p99: percentile(values, 0.99) });

/** The median of each figure. */
function middle(rounds) {
  return Object.fromEntries(Object.keys(rounds[0]).map((name) => [name, median(rounds.map((round) => round[name]))]));
}

async function inRounds(measure) {
  const rounds = [];
  // The first warms up.
  for (let round = 0; round <= ROUNDS; round += 1) rounds.push(await measure());
  return middle(rounds.slice(1));
}

/** Processor time of the api and of the database for one request. `work` sends many and returns how many. */
async function processorTime({ pid, database }, work) {
  const [api, before] = [cpuClock(pid), database.cpu()];
  const count = await work();
  return { apiCpu: api() / count, databaseCpu: (database.cpu() - before) / count };
}

async function bearerCheck(target, people) {
  const options = { clients: 1, seconds: SECONDS, script: [bearerScript, String(people * TOKENS_EACH)] };
  const url = `${target.address}/v1/me/info`;
  const waited = await inRounds(async () => {
    const { p50, p99 } = await wrk(url, options);
    return { p50, p99 };
  });
  const spent = await processorTime(target, async () => (await wrk(url, { ...options, clients: CLIENTS })).count);
  return { ...waited, ...spent };
}

/** The list of a person with many keys. The thousandth token is a session of the first person. */
async function keyList(target) {
  const headers = { authorization: `Bearer ${tokenOf(SMALL)}` };
  const url = `${target.address}/v1/me/keys?limit=100`;
  const { data } = await (await fetch(url, { headers })).json();
  if (!(data?.length >= KEYS)) throw new Error(`${data?.length} keys are listed, not ${KEYS} or more`);
  const options = { seconds: SECONDS, headers };
  const waited = await inRounds(async () => {
    const { p50, p99 } = await wrk(url, { ...options, clients: 1 });
    return { p50, p99 };
  });
  const spent = await processorTime(target, async () => (await wrk(url, { ...options, clients: CLIENTS })).count);
  return { ...waited, ...spent };
}

async function logins(target, who) {
  const one = new Browsers({ ...target, clients: 1 });
  const waited = await inRounds(async () => times(await one.logIns(LOGINS, 'ES256', who)));
  one.close();
  const several = new Browsers({ ...target, clients: CLIENTS });
  const spent = await processorTime(target, async () => (await several.logIns(2 * LOGINS, 'ES256', who)).length);
  several.close();
  return { ...waited, ...spent };
}

/** Nobody has these numbers yet. */
let newcomers = 100_000_000;
const newcomer = () => agent(newcomers += 1);

const targetOf = (database, { api, playground, key, pids }) => ({
  api, playground, key, database, pid: pids.api, address: api.replace('localhost', '127.0.0.1'),
});

/** The figures with `people` in the database, in the order of the rows. */
async function measure(database, people, ports) {
  const figures = new Map();
  await beside({ ...light, ports, settings: { api: { database_url: database.url } } }, async (stack) => {
    const target = targetOf(database, stack);
    figures.set('bearer check', await bearerCheck(target, people));
    figures.set(`list of ${KEYS} keys`, await keyList(target));
    figures.set('login', await logins(target, () => agent(anyOf(people))));
    figures.set('first login', await logins(target, newcomer));
    figures.memory = residentMebibytes(target.pid);
  });
  return figures;
}

/** Logins from the start of the api, which then prunes, until the pruning ends. */
async function whilePruning(database, ports) {
  const waited = [];
  let seconds;
  await beside({ ...light, ports, settings: { api: { database_url: database.url } } }, async (stack) => {
    const began = performance.now();
    const browsers = new Browsers({ ...targetOf(database, stack), clients: 2 });
    const isPruned = async () => (await readFile(join(stack.folder, 'api.log'), 'utf8')).includes('tokens that have ended were removed');
    do {
      waited.push(...await browsers.logIns(50, 'ES256', () => agent(anyOf(LARGE))));
    } while (!await isPruned());
    seconds = (performance.now() - began) / 1000;
    browsers.close();
  });
  return { seconds, count: waited.length, longest: Math.max(...waited), ...times(waited) };
}

/** Starts and stops the api once, so that it creates its tables. */
const makeTables = (database, ports) => beside({ ...light, ports, settings: { api: { database_url: database.url } } }, async () => {});

const ms = (value) => value.toFixed(value < 10 ? 2 : 0);
const failures = [];

async function scale(Kind) {
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-scale-'));
  // PostgreSQL runs as another user, who must be able to enter the folder.
  await chmod(folder, 0o755);
  // A person's account depends on the provider's address too, so the ports stay the same.
  const ports = { provider: await freePort(), api: await freePort(), playground: await freePort() };
  const issuer = `http://127.0.0.1:${ports.provider}/api/v2`;
  const database = new Kind(folder);
  await database.start();
  try {
    await makeTables(database, ports);
    await database.addPeople({ issuer, people: [1, SMALL], tokensEach: TOKENS_EACH });
    say(`${database.name}: ${SMALL} people`);
    const small = await measure(database, SMALL, ports);
    const began = performance.now();
    await database.addPeople({ issuer, people: [SMALL + 1, LARGE], tokensEach: TOKENS_EACH });
    const gibibytes = (await database.bytes()) / 2 ** 30;
    say(`${database.name}: ${LARGE} people and ${LARGE * TOKENS_EACH} tokens, ${gibibytes.toFixed(2)} GiB, filled in ${Math.round((performance.now() - began) / 1000)} s`);
    const large = await measure(database, LARGE, ports);
    for (const [what, before] of small) {
      const after = large.get(what);
      const ratio = after.p50 / before.p50;
      if (ratio > LARGEST_RATIO) failures.push(`${database.name}: a ${what} takes ${ratio.toFixed(2)} times as long with ${LARGE} people`);
      const cpu = (name) => `${before[name].toFixed(3)} → ${after[name].toFixed(3)}`;
      console.log(`| ${database.name} | ${what} | ${ms(before.p50)} / ${ms(before.p99)} | ${ms(after.p50)} / ${ms(after.p99)} | ${ratio.toFixed(2)} | ${cpu('apiCpu')} | ${database.isApart ? cpu('databaseCpu') : 'in the api'} |`);
    }
    say(`${database.name}: the api has ${large.memory.toFixed(1)} MiB resident`);
    await database.addExpired({ after: 2 * LARGE * TOKENS_EACH, count: EXPIRED, owners: LARGE });
    const pruning = await whilePruning(database, ports);
    if (pruning.longest > LONGEST_LOGIN) failures.push(`${database.name}: a login took ${ms(pruning.longest)} ms while tokens were pruned`);
    if (pruning.seconds > LONGEST_PRUNING) failures.push(`${database.name}: ${EXPIRED} tokens were pruned in ${Math.round(pruning.seconds)} s`);
    console.log(`| ${database.name} | login while ${EXPIRED} tokens are pruned in ${pruning.seconds.toFixed(0)} s | | ${ms(pruning.p50)} / ${ms(pruning.p99)}, longest ${ms(pruning.longest)} of ${pruning.count} | | | |`);
  } finally {
    await database.stop();
    await rm(folder, { recursive: true });
  }
}

console.log(`On ${cpus().length} cores of ${cpus()[0].model.trim()}; milliseconds, half within / 99 % within, one client at a time.\n`);
console.log(`| database | | ${SMALL} people | ${LARGE} people | ratio | CPU of the api | CPU of the database |`);
console.log('|---|---|---|---|---|---|---|');
for (const [name, Kind] of Object.entries(KINDS)) if (!only || only === name) await scale(Kind);
for (const failure of failures) console.error(`bench-scale: ${failure}`);
if (failures.length) process.exitCode = 1;
