// Part of `make bench`: how long a server takes from its start to its first answer.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from '../support/ports.mjs';
import { binary, root } from '../support/stack.mjs';
import { median } from './requests.mjs';

const STARTS = 5;

/** Starts both servers with the configuration in `folder`, each on its own port. */
export async function measureStart(report, folder) {
  report.section('Start, from the command to the first answer');
  for (const name of ['api', 'playground']) {
    const times = [];
    for (let start = 0; start < STARTS; start += 1) times.push(await startOnce(name, folder));
    report.add(name, median(times), 'ms', 100);
  }
}

async function startOnce(name, folder) {
  const port = await freePort();
  const config = join(folder, `start-${name}.yml`);
  // Each line of the file has one JSON value: see support/stack.mjs.
  const original = readFileSync(join(folder, 'config.yml'), 'utf8');
  const section = new RegExp(`(${name}:\\n(?:  .*\\n)*?  listen: )"[^"]*"`);
  writeFileSync(config, original.replace(section, `$1"127.0.0.1:${port}"`));
  const began = performance.now();
  const child = spawn(binary(name), ['--config', config], { cwd: root, stdio: 'ignore' });
  try {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/health/live`).catch(() => undefined);
      if (answer?.ok) return performance.now() - began;
      if (child.exitCode !== null) throw new Error(`${name} does not start with ${config}`);
      await sleep(1);
    }
  } finally {
    child.kill();
    await once(child, 'close');
  }
}
