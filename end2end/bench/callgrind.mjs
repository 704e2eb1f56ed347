// `make bench-callgrind`: how many instructions the api executes for a request, a login and a logout. Unlike times
// they are nearly the same on a busy machine, so a change of a few per cent can be seen.

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { agent, Browsers } from './browsers.mjs';
import { Report } from './report.mjs';
import { beside, light } from './stack.mjs';

const WARM_UP = 20;
const COUNT = 50;

const control = (command, pid) => execFileSync('callgrind_control', [command, String(pid)], { stdio: 'ignore' });

/** The sum of the instructions in the dumps since the last call. */
function instructions(folder, seen) {
  const isNew = (name) => name.startsWith('callgrind.') && !seen.has(name);
  return readdirSync(folder).filter(isNew).reduce((sum, name) => {
    seen.add(name);
    const totals = /^(?:totals|summary): (\d+)/m.exec(readFileSync(join(folder, name), 'utf8'));
    return sum + Number(totals?.[1] ?? 0);
  }, 0);
}

const report = new Report();
const under = (folder) => ({ api: ['valgrind', '--tool=callgrind', `--callgrind-out-file=${folder}/callgrind.%p`] });

await beside({ ...light, under }, async ({ folder, pids, ...target }) => {
  const browsers = new Browsers({ ...target, clients: 1 });
  const seen = new Set();
  const measure = async (what, work) => {
    for (let number = 0; number < WARM_UP; number += 1) await work(number);
    control('--zero', pids.api);
    for (let number = WARM_UP; number < WARM_UP + COUNT; number += 1) await work(number);
    control('--dump', pids.api);
    report.add(what, instructions(folder, seen) / COUNT, 'instructions');
  };
  report.section('Instructions of the api, one client');
  await measure('nothing but an answer, GET /health/live', () => browsers.get('/health/live'));
  await measure('login redirect', () => browsers.get(`/v1/oauth2/login?moved=1&origin=${target.playground}`));
  const tokens = [];
  while (tokens.length < WARM_UP + COUNT) tokens.push(await browsers.tokens({ algorithm: 'RS256' }));
  const authorization = `Bearer ${tokens[0].app_token}`;
  await measure('bearer check, GET /v1/me/info', () => browsers.get('/v1/me/info', { authorization }));
  for (const algorithm of ['RS256', 'ES256']) {
    await measure(`login, ${algorithm}`, (number) => browsers.logIn({ algorithm, sub: agent(number % WARM_UP) }));
  }
  await measure('logout, RS256', (number) => browsers.logOut(tokens[number]));
  browsers.close();
});

report.print({});
