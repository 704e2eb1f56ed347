// Envelopes, with criterion.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { root } from '../support/stack.mjs';

const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');

/** Nanoseconds of the middle run. */
function nanoseconds(benchmark) {
  const estimates = readFileSync(join(target, 'criterion', benchmark, 'new/estimates.json'), 'utf8');
  return JSON.parse(estimates).median.point_estimate;
}

export function measureEnvelope(report) {
  report.section('Envelope, 1 436 bytes of JSON, one core');
  // Its progress is of no interest; when it fails, what it said is in the error.
  const bench = ['bench', '--quiet', '--package', 'token-crypto', '--bench', 'envelope'];
  const seconds = ['--warm-up-time', '1', '--measurement-time', '2'];
  execFileSync('cargo', [...bench, '--', ...seconds], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] });
  for (const name of ['seal', 'open', 'refuse']) {
    report.add(`${name}, a second`, 1e9 / nanoseconds(`envelope/${name}`), '');
  }
  report.add(
    'seal, times bare AES-CBC and HMAC-SHA256',
    nanoseconds('envelope/seal') / nanoseconds('bare/encrypt and sign'),
    '×',
  );
  report.add(
    'open, times bare AES-CBC and HMAC-SHA256',
    nanoseconds('envelope/open') / nanoseconds('bare/verify and decrypt'),
    '×',
    1.5,
  );
}
