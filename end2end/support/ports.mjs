// Finds free ports on the loopback interface, for the programs of tests, demos and benchmarks.

import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the range that the kernel uses for outgoing connections, of which a browser opens dozens. Workers that run
// at the same time have different numbers, so each takes its ports from a different part.
const FIRST = 20_000;
const COUNT = 1_000;
const start = FIRST + COUNT * (Number(process.env.TEST_PARALLEL_INDEX ?? 0) % 10);
let next = Math.floor(Math.random() * COUNT);

export async function isFree(port) {
  // Somebody may still look for the program that was here before, and would keep this server open.
  const server = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** Does not return the same port again soon, even when no program listens on it yet. */
export async function freePort() {
  for (;;) {
    const port = start + (next % COUNT);
    next += 1;
    if (await isFree(port)) return port;
  }
}
