// Ports on the loopback interface.

import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the range the kernel takes for outgoing connections, which a browser opens by the dozen. Workers that run
// at the same time have different numbers, so each takes its ports from a part of its own.
const FIRST = 20_000;
const COUNT = 1_000;
const start = FIRST + COUNT * (Number(process.env.TEST_PARALLEL_INDEX ?? 0) % 10);
let next = Math.floor(Math.random() * COUNT);

export async function isFree(port) {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** Never the same twice in one process, even before somebody listens on it. */
export async function freePort() {
  for (;;) {
    const port = start + (next % COUNT);
    next += 1;
    if (await isFree(port)) return port;
  }
}
