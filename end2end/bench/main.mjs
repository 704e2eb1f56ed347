// `make bench`: what the product costs, in time, memory and bytes. Starts its own programs on loopback. `npm run bench -- front` measures
// one part alone.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { root } from '../support/stack.mjs';
import { measureCost } from './cost.mjs';
import { measureEnvelope } from './envelope.mjs';
import { measureFront } from './front.mjs';
import { measureConnections, measureEndurance, measureIdle } from './memory.mjs';
import { modelCountry } from './model.mjs';
import { measurePace } from './pace.mjs';
import { measureFiles, measurePages } from './page.mjs';
import { Report } from './report.mjs';
import { beside, light } from './stack.mjs';
import { measureStart } from './start.mjs';
import { measureWasm } from './wasm.mjs';

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    logins: { type: 'string', default: '100000' },
    record: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
  },
});

const parts = {
  start: (report) => beside(light, async ({ folder, api, playground, pids }) => {
    measureIdle(report, pids);
    await measureConnections(report, 'api', { pid: pids.api, url: api, path: '/health/live' });
    await measureConnections(report, 'playground', { pid: pids.playground, url: playground, path: '/' });
    await measureStart(report, folder);
  }),
  cost: async (report) => {
    await measurePace(report, 'the costs');
    await beside(light, async ({ pids, ...target }) => {
      const measured = { ...target, pid: pids.api, playgroundPid: pids.playground };
      await measureCost(report, measured);
      await measureEndurance(report, measured, Number(options.logins));
    });
  },
  front: async (report) => {
    await measurePace(report, 'the checks');
    await measureFront(report);
  },
  pages: (report) => beside({}, (target) => measurePages(report, target)),
  files: async (report) => {
    const site = join(root, 'target/site');
    measureFiles(report, site);
    measureWasm(report, {
      compiled: join(root, 'target/wasm32-unknown-unknown/wasm-release/playground.wasm'),
      shipped: join(site, 'pkg', (await readdir(join(site, 'pkg'))).find((file) => file.endsWith('.wasm'))),
    });
  },
  envelope: measureEnvelope,
};

if (wanted.some((name) => !(name in parts)) || (wanted.length > 0 && options.record)) {
  console.error(`bench: the parts are ${Object.keys(parts).join(', ')}; only a run of all of them is recorded`);
  process.exit(2);
}

const report = new Report();
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length === 0 || wanted.includes(name)) await measure(report);
}
// Computed from what the others measured.
if (wanted.length === 0) modelCountry(report);

report.print(options);
report.save(join(root, 'target/bench.json'));
if (options.record) report.record(join(root, 'docs/performance.md'));
for (const { section, what } of report.exceeded) console.error(`bench: over its budget: ${section}: ${what}`);
if (report.exceeded.length) process.exitCode = 1;
