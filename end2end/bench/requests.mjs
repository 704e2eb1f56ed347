// The two load generators of the benchmarks: wrk repeats one request; `Connections` serves flows of several steps.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';

const UNITS = { us: 1e-3, ms: 1, s: 1e3, m: 6e4 };

function milliseconds(text) {
  const [, number, unit] = /^([\d.]+)(us|ms|s|m)$/.exec(text);
  return Number(number) * UNITS[unit];
}

/**
 * Runs wrk. Returns how many answers came, how many a second, and the milliseconds within which half and 99 % came.
 * With a `script` and its arguments, or when refusals are wanted, error statuses are allowed.
 */
export async function wrk(url, { clients, seconds, headers = {}, script, wantsRefusals }) {
  const options = ['-t1', `-c${clients}`, `-d${seconds}s`, '--latency'];
  for (const [name, value] of Object.entries(headers)) options.push('-H', `${name}: ${value}`);
  const [file, ...scriptArguments] = script ?? [];
  if (script) options.push('-s', file, url, '--', ...scriptArguments);
  else options.push(url);
  const child = spawn('wrk', options, { stdio: ['ignore', 'pipe', 'inherit'] });
  let report = '';
  child.stdout.on('data', (chunk) => { report += chunk; });
  const [status] = await once(child, 'close');
  const unexpected = wantsRefusals ? /Socket errors/ : /Socket errors|Non-2xx/;
  if (status !== 0 || (!script && unexpected.test(report)) || (wantsRefusals && !report.includes('Non-2xx'))) {
    throw new Error(`not every answer was the expected one: wrk ${options.join(' ')}\n${report}`);
  }
  return {
    count: Number(/(\d+) requests in/.exec(report)[1]),
    perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(report)[1]),
    p50: milliseconds(/^\s+50%\s+(\S+)$/m.exec(report)[1]),
    p99: milliseconds(/^\s+99%\s+(\S+)$/m.exec(report)[1]),
  };
}

/** Connections that stay open; node's own `fetch` costs several times more. */
export class Connections {
  #agent;

  constructor(count) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: count });
  }

  /** `body` is sent as JSON. Redirects are not followed. */
  async send(url, { headers = {}, body } = {}) {
    const text = body && JSON.stringify(body);
    const sent = request(url, {
      agent: this.#agent,
      method: text ? 'POST' : 'GET',
      headers: text
        ? { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers }
        : headers,
    });
    sent.end(text);
    const [response] = await once(sent, 'response');
    let content = '';
    for await (const chunk of response) content += chunk;
    return { status: response.statusCode, headers: response.headers, text: content };
  }

  close() {
    this.#agent.destroy();
  }
}

/** Runs `work(number)` for the numbers below `count`, `clients` at a time; returns how long each took, in milliseconds. */
export async function repeat({ count, clients, work }) {
  const times = [];
  let next = 0;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (next < count) {
      const number = next;
      next += 1;
      const began = performance.now();
      await work(number);
      times.push(performance.now() - began);
    }
  }));
  return times;
}

/** The time within which `share` of `times` are. */
export function percentile(times, share) {
  const sorted = [...times].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export const median = (values) => percentile(values, 0.5);
