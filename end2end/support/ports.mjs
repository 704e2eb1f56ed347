// Ports on the loopback interface.

import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the range the kernel takes for outgoing connections, which a browser opens by the dozen.
const FIRST = 20_000;
const COUNT = 10_000;

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

export async function freePort() {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
}
