// Part of `make bench`: the machines that a whole country needs, computed from the figures of the run.
// docs/performance.md has the assumptions.

import { WHOLE_WAY } from './cost.mjs';
import { FIRST_LOGINS } from './memory.mjs';

const AGENTS = 5_700_000;
/** The share of each processor that the plan uses; the rest is for unexpected load. */
const LOAD = 0.5;
/** The servers close a connection that has been idle for so long. */
const IDLE_SECONDS = 30;
const KIB = 1024;
const MIB = KIB * KIB;

const peaks = [
  { title: '30 % of them within 30 minutes, the worst minute twice the mean', share: 0.3, minutes: 30, worst: 2 },
  { title: 'all of them within 10 minutes', share: 1, minutes: 10, worst: 1 },
];

export function modelCountry(report) {
  const cpu = (server) => report.value(WHOLE_WAY, `${server} CPU`);
  const perConnection = (server) => report.value('Memory', `${server}, for 1 000 connections that are open`) / 1000;
  const wire = ['Login page in Chromium', 'Account page in Chromium']
    .reduce((sum, page) => sum + report.value(page, 'cold: on the wire'), 0);
  const written = report.value(FIRST_LOGINS, 'written to disk for each');
  const stored = report.value(FIRST_LOGINS, 'database for each');

  for (const { title, share, minutes, worst } of peaks) {
    const rate = (AGENTS * share * worst) / (minutes * 60);
    report.section(`5.7 million agents: ${title}`);
    report.add('logins a second', rate, '');
    for (const server of ['api', 'playground']) {
      report.add(`${server}, cores`, Math.ceil((rate * cpu(server)) / 1000 / LOAD), '');
      const memory = rate * IDLE_SECONDS * perConnection(server);
      report.add(`${server}, memory for ${IDLE_SECONDS} s of connections`, Math.ceil(memory), 'MiB');
    }
    report.add('database, transactions a second', rate, '');
    report.add('database, written a second', (rate * written) / MIB, 'MiB');
    report.add('network, browsers that have nothing yet', (rate * wire * KIB * 8) / 1e6, 'Mbit/s');
  }
  report.section('5.7 million agents: their tokens of one day');
  report.add('database', (AGENTS * stored) / MIB, 'MiB');
}
