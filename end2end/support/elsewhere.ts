// Serves a page of another site, to test attacks from other sites.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Serves `html` on `host`, a loopback name, until `use` is done. */
export async function elsewhere(host: string, html: string, use: (url: string) => Promise<void>) {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(html);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use(`http://${host}:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
