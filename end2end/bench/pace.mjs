// How fast this machine is now. A budget of processor time means nothing without the machine, and the same machine is twice as slow when
// its neighbours are busy. So a program that never changes is measured beside: Debian's Apache with mod_auth_openidc, which
// begins logins.

import { chmodSync, mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startOpenidc } from './openidc.mjs';
import { wrk } from './requests.mjs';
import { familyClock } from './usage.mjs';

const ROUNDS = 7;
/** What the beginning of a login cost it where the budgets come from, in milliseconds of processor time. */
const REFERENCE = 0.109;

/** Milliseconds of processor time that it spends on the beginning of a login, among 16 clients: the least of seven rounds. */
async function redirectOf({ port, pid }) {
  const costs = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const spent = familyClock(pid);
    const { count } = await wrk(`http://127.0.0.1:${port}/`, { clients: 16, seconds: 1, headers: { Host: `localhost:${port}` } });
    // The first round warms up.
    if (round) costs.push(spent() / count);
  }
  return Math.min(...costs);
}

/** Measures the pace for the budgets of what is measured next. */
export async function measurePace(report, next) {
  report.section(`Pace of the machine, before ${next}`);
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-bench-'));
  try {
    // Apache runs as another user.
    chmodSync(folder, 0o711);
    mkdirSync(join(folder, 'files'));
    const apache = await startOpenidc(folder, join(folder, 'files'));
    try {
      const cost = await redirectOf(apache);
      report.add('login redirect of mod_auth_openidc, 16 clients: CPU', cost, 'ms');
      report.add('so budgets of processor time are multiplied by', report.setPace(cost / REFERENCE), '');
    } finally {
      await apache.stop();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}
