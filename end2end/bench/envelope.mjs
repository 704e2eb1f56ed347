// Part of `make bench`: how long it takes to seal, open and refuse an envelope, measured by criterion.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../support/stack.mjs';
import { median } from './requests.mjs';

const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');

const ROUNDS = 3;
// Quiet: the progress is not needed. When it fails, its output is in the error.
const CRITERION = ['bench', '--quiet', '--package', 'token-crypto', '--bench', 'envelope'];
const SECONDS = ['--warm-up-time', '0.5', '--measurement-time', '1'];

/** Nanoseconds of the median sample. */
function nanoseconds(benchmark) {
  const estimates = readFileSync(join(target, 'criterion', benchmark, 'new/estimates.json'), 'utf8');
  return JSON.parse(estimates).median.point_estimate;
}

function round() {
  execFileSync('cargo', [...CRITERION, '--', ...SECONDS], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  const [seal, open, refuse] = ['seal', 'open', 'refuse'].map((name) => nanoseconds(`envelope/${name}`));
  return {
    seal,
    open,
    refuse,
    sealBeside: seal / nanoseconds('bare/encrypt and sign'),
    openBeside: open / nanoseconds('bare/verify and decrypt'),
  };
}

export function measureEnvelope(report) {
  report.section('Envelope, 1 436 bytes of JSON, one core');
  const rounds = Array.from({ length: ROUNDS }, round);
  const middle = (name) => median(rounds.map((each) => each[name]));
  for (const name of ['seal', 'open', 'refuse']) report.add(`${name}, a second`, 1e9 / middle(name), '');
  report.add('seal, times bare AES-CBC and HMAC-SHA256', middle('sealBeside'), '×');
  report.add('open, times bare AES-CBC and HMAC-SHA256', middle('openBeside'), '×');
}
