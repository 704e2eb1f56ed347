// Part of `make bench`: how fast this machine is. The budgets of processor time are those of a machine on which Apache's mod_auth_openidc
// begins a login in 0.109 ms; where it needs longer, they are as much larger.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startOpenidc } from './openidc.mjs';
import { wrk } from './requests.mjs';
import { familyClock } from './usage.mjs';

/** Milliseconds of processor time among 16 clients, where the budgets are from. */
const REFERENCE = 0.109;
const ROUNDS = 7;
const SECONDS = 1;

export async function measureMachine(report) {
  report.section('This machine');
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-bench-'));
  const files = join(folder, 'files');
  mkdirSync(files);
  writeFileSync(join(files, 'page.html'), 'Bonjour\n');
  const apache = await startOpenidc(folder, files);
  try {
    const costs = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const spent = familyClock(apache.pid);
      const { count } = await wrk(`http://127.0.0.1:${apache.port}/page.html`, {
        clients: 16, seconds: SECONDS, headers: { Host: `localhost:${apache.port}` },
      });
      // The first round warms up.
      if (round) costs.push(spent() / count);
    }
    const cost = Math.min(...costs);
    report.slower = Math.max(1, cost / REFERENCE);
    report.add('mod_auth_openidc begins a login, 16 clients: CPU', cost, 'ms');
    report.add('processor time takes so many times as long as where the budgets are from', report.slower, '×');
  } finally {
    await apache.stop();
    rmSync(folder, { recursive: true });
  }
}
