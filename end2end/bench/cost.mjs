// Part of `make bench`: what a request, a login and a logout cost the api. It measures the api's own processor time from
// outside, without the provider's, and how long clients wait.

import { agent, Browsers } from './browsers.mjs';
import { median, percentile, repeat, wrk } from './requests.mjs';
import { cpuClock } from './usage.mjs';

const CLIENTS = [1, 16, 64];
/**
 * A time is the median of so many rounds, the processor time the least: whatever else runs on the machine, or on the one
 * that it is a part of, only ever adds to it.
 */
const ROUNDS = 7;
const SECONDS = 1;
const LOGINS = 400;
const LOGOUTS = 400;
const VISITS = 150;

/** The section with the figures of a login through both servers. */
export const WHOLE_WAY = 'Login through the playground, RS256, 16 clients';

const among = (clients) => (clients === 1 ? 'one client' : `${clients} clients`);

/**
 * Each of `rounds` has the milliseconds of processor time of one request, and how long half and 99 % of them took. The
 * budget is for a busy server: with one client it sleeps and wakes for every step, which is most of the cost.
 */
function record(report, clients, rounds, budget) {
  const middle = (name) => median(rounds.map((round) => round[name]));
  const cpu = Math.min(...rounds.map((round) => round.cpu));
  report.addCpu(`${among(clients)}: api CPU`, cpu, clients > 1 ? budget : undefined);
  report.add(`${among(clients)}: half within`, middle('p50'), 'ms');
  report.add(`${among(clients)}: 99 % within`, middle('p99'), 'ms');
  if (clients === CLIENTS.at(-1)) report.add('a second, for each core the api has', 1000 / cpu, '');
}

async function requests(report, { pid, url, budget, ...options }) {
  for (const clients of CLIENTS) {
    const rounds = [];
    await wrk(url, { clients, seconds: 1, ...options });
    for (let round = 0; round < ROUNDS; round += 1) {
      const spent = cpuClock(pid);
      const { count, p50, p99 } = await wrk(url, { clients, seconds: SECONDS, ...options });
      rounds.push({ cpu: spent() / count, p50, p99 });
    }
    record(report, clients, rounds, budget);
  }
}

/** One round: `times` has how long each login took, `cpu` the milliseconds of processor time of all of them. */
const each = (times, cpu) => ({
  cpu: cpu / times.length,
  p50: percentile(times, 0.5),
  p99: percentile(times, 0.99),
});

async function logins(report, target, { algorithm, budget }) {
  for (const clients of CLIENTS) {
    const browsers = new Browsers({ ...target, clients });
    const rounds = [];
    await browsers.logIns(LOGINS, algorithm);
    for (let round = 0; round < ROUNDS; round += 1) {
      const spent = cpuClock(target.pid);
      const times = await browsers.logIns(LOGINS, algorithm);
      rounds.push(each(times, spent()));
    }
    browsers.close();
    record(report, clients, rounds, budget);
  }
}

async function logouts(report, target) {
  for (const clients of CLIENTS) {
    const browsers = new Browsers({ ...target, clients });
    const rounds = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const tokens = [];
      const keep = async (number) => tokens.push(await browsers.tokens({ algorithm: 'RS256', sub: agent(number) }));
      await repeat({ count: LOGOUTS, clients, work: keep });
      const spent = cpuClock(target.pid);
      const times = await repeat({ count: LOGOUTS, clients, work: (number) => browsers.logOut(tokens[number]) });
      // The first round warms up.
      if (round) rounds.push(each(times, spent()));
    }
    browsers.close();
    record(report, clients, rounds, 0.3);
  }
}

async function visits(report, { playgroundPid, ...target }) {
  const browsers = new Browsers({ ...target, clients: 16 });
  await browsers.visits(VISITS);
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const [api, playground] = [cpuClock(target.pid), cpuClock(playgroundPid)];
    await browsers.visits(VISITS);
    rounds.push({ api: api() / VISITS, playground: playground() / VISITS });
  }
  browsers.close();
  for (const name of ['api', 'playground']) {
    report.add(`${name} CPU`, Math.min(...rounds.map((round) => round[name])), 'ms');
  }
}

export async function measureCost(report, target) {
  const { pid, api, playground } = target;
  const address = api.replace('localhost', '127.0.0.1');
  report.section('Login redirect');
  await requests(report, { pid, url: `${address}/v1/oauth2/login?moved=1&origin=${playground}`, budget: 0.03 });

  const browsers = new Browsers({ ...target, clients: 1 });
  const { app_token: bearer } = await browsers.tokens();
  browsers.close();
  report.section('Bearer check, GET /v1/me/info on SQLite');
  const headers = { authorization: `Bearer ${bearer}` };
  await requests(report, { pid, url: `${address}/v1/me/info`, headers, budget: 0.05 });

  report.section('A token whose checksum is wrong, GET /v1/me/info');
  const wrong = { authorization: `Bearer ${bearer.slice(0, -6)}${bearer.slice(-6) === '000000' ? '000001' : '000000'}` };
  await requests(report, { pid, url: `${address}/v1/me/info`, headers: wrong, wantsRefusals: true, budget: 0.02 });

  report.section('Login, RS256');
  await logins(report, target, { algorithm: 'RS256', budget: 0.5 });
  report.section('Login, ES256');
  await logins(report, target, { algorithm: 'ES256', budget: 0.85 });
  report.section('Logout, RS256');
  await logouts(report, target);
  report.section(WHOLE_WAY);
  await visits(report, target);
}
