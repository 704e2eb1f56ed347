// docs/nginx with any version of nginx: a request has a connection to a replica for itself. nginx 1.29.7 and later keep these
// connections by default, and a request that may not be sent twice would be lost on one that the replica is just closing.

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test as base } from '@playwright/test';

import { startNginx } from '../cluster/nginx.mjs';
import { freePort } from '../support/ports.mjs';

/** A replica that notes the requests of each connection. */
class Replica {
  readonly connections: string[][] = [];
  #server: Server;

  constructor() {
    this.#server = createServer((_, response) => response.end('ok'));
    const known = new WeakMap<object, string[]>();
    this.#server.on('request', ({ socket, method, url }) => {
      if (!known.has(socket)) {
        known.set(socket, []);
        this.connections.push(known.get(socket)!);
      }
      known.get(socket)!.push(`${method} ${url}`);
    });
  }

  async listen() {
    await new Promise<void>((resolve) => { this.#server.listen(0, '127.0.0.1', resolve); });
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop() {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const test = base.extend<{ nginx: (keepsConnections: boolean) => Promise<{ replica: Replica; ports: Record<string, number> }> }>({
  nginx: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'passerelle-nginx-'));
    const replica = new Replica();
    const address = await replica.listen();
    const started: { stop: () => Promise<void> }[] = [];
    await use(async (keepsConnections) => {
      const ports = { api: await freePort(), playground: await freePort(), careless: await freePort() };
      started.push(await startNginx(folder, {
        ports,
        replicas: { api: [address], playground: [address] },
        playground: `http://127.0.0.1:${ports.playground}`,
        keepsConnections,
      }));
      return { replica, ports };
    });
    for (const program of started) await program.stop();
    replica.stop();
    rmSync(folder, { recursive: true });
  },
});

const REQUESTS: [server: string, method: string, path: string][] = [
  ['api', 'GET', '/v1/oauth2/login'],
  ['api', 'GET', '/v1/oauth2/callback'],
  ['api', 'POST', '/v1/oauth2/logout'],
  ['api', 'GET', '/v1/me'],
  ['playground', 'GET', '/'],
  ['playground', 'GET', '/pkg/playground.css'],
  ['playground', 'POST', '/logout'],
];

for (const keepsConnections of [false, true]) {
  const defaults = keepsConnections ? 'with the defaults of nginx 1.29.7' : 'with its own defaults';
  test(`each request has its own connection to a replica, ${defaults}`, async ({ request, nginx }) => {
    const { replica, ports } = await nginx(keepsConnections);
    for (const [server, method, path] of [...REQUESTS, ...REQUESTS]) {
      const answer = await request.fetch(`http://127.0.0.1:${ports[server]}${path}`, { method });
      expect(answer.status(), path).toBe(200);
    }
    expect(replica.connections.map((requests) => requests.length)).toEqual(Array(2 * REQUESTS.length).fill(1));
  });
}

test('without docs/nginx these defaults would keep a connection for the next request', async ({ request, nginx }) => {
  const { replica, ports } = await nginx(true);
  for (const path of ['/1', '/2', '/3']) await request.get(`http://127.0.0.1:${ports.careless}${path}`);
  expect(replica.connections).toEqual([['GET /1', 'GET /2', 'GET /3']]);
});
