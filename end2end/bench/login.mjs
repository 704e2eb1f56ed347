// What logins cost the api: its own processor time, measured from outside, the provider's not counted.

import { execFileSync } from 'node:child_process';

import { identities } from '../provider/identities.mjs';
import { CookieClient } from '../support/cookies.mjs';
import { cpuNanoseconds } from './usage.mjs';

const WARM_UP = 50;
const LOGINS = 500;
const REDIRECT_SECONDS = 5;
const CONNECTIONS = 16;

const milliseconds = (nanoseconds) => nanoseconds / 1e6;

/** Every login redirect over kept-alive connections: how many a second, and what one costs. */
export function measureRedirect({ api, playground, pid }) {
  const url = `${api.replace('localhost', '127.0.0.1')}/v1/oauth2/login?origin=${playground}`;
  const load = (seconds) => execFileSync('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', url], { encoding: 'utf8' });
  load(1);
  const before = cpuNanoseconds(pid);
  const report = load(REDIRECT_SECONDS);
  const spent = cpuNanoseconds(pid) - before;
  const count = Number(/(\d+) requests in/.exec(report)[1]);
  if (/Non-2xx/.test(report)) throw new Error(`the api did not redirect:\n${report}`);
  return {
    milliseconds: milliseconds(spent / count),
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(report)[1]),
    p99: /99%\s+(\S+)/.exec(report)[1],
  };
}

/** Whole logins of one agent, whose session with the provider spares it the choice page. */
export async function measureLogin({ api, issuer, playground, pid }) {
  const provider = new CookieClient();
  const login = async () => {
    const browser = new CookieClient();
    const start = await browser.fetch(`${api}/v1/oauth2/login?origin=${playground}`);
    let response = await provider.fetch(start.headers.get('location'));
    const location = () => new URL(response.headers.get('location'), issuer);
    if (location().pathname.includes('/interaction/')) {
      response = await provider.fetch(location(), { form: { identity: identities[0].id } });
    }
    const callback = await provider.follow(response, (url) => url.href.startsWith(api));
    const end = await browser.fetch(callback);
    const landing = new URL(end.headers.get('location'));
    if (!landing.searchParams.has('encrypted_token')) throw new Error(`a login failed: ${landing.search}`);
  };
  const logins = async (count) => {
    for (let done = 0; done < count; done += 1) await login();
  };
  await logins(WARM_UP);
  const before = cpuNanoseconds(pid);
  const began = performance.now();
  await logins(LOGINS);
  return {
    milliseconds: milliseconds((cpuNanoseconds(pid) - before) / LOGINS),
    wallMilliseconds: (performance.now() - began) / LOGINS,
  };
}
