// A proxy that forwards nothing and notes where a browser wants to go.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Witness {
  address: string;
  /** Where the browser wants to go next: for http the URL, for https only host and port. */
  next: () => Promise<string>;
}

export async function witness(use: (witness: Witness) => Promise<void>) {
  let note = (_destination: string) => {};
  // It never answers: the browser would reload an error page by itself.
  const server = createServer((request) => note(request.url!));
  server.on('connect', (request) => note(request.url!));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use({
      address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      next: () => {
        hangUp();
        return new Promise((resolve) => { note = resolve; });
      },
    });
  } finally {
    hangUp();
    server.close();
  }
}
