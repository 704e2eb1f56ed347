// Starts the product for one measurement, usually beside the light provider, and stops it afterwards.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../support/ports.mjs';
import { encryptionKey, Stack } from '../support/stack.mjs';
import { CLIENT, startProvider } from './provider.mjs';

/** The bench's own provider instead of the stand-in. */
export const light = { client: CLIENT, provider: startProvider };

/** Runs `measure` beside new programs in a new temporary folder. `under` receives the folder's path. */
export async function beside({ under, ...options }, measure) {
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-bench-'));
  const ports = { provider: await freePort(), api: await freePort(), playground: await freePort() };
  const key = encryptionKey();
  const stack = await Stack.start({ folder, ports, key, under: under?.(folder), ...options });
  const pids = Object.fromEntries(['provider', 'api', 'playground'].map((name) => [name, stack.pid(name)]));
  try {
    await measure({ folder, key, issuer: stack.issuer, api: stack.api, playground: stack.playground, pids });
  } finally {
    await stack.stop();
    await rm(folder, { recursive: true });
  }
}
