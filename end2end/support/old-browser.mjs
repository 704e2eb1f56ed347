// Makes a browser look like one from before 2023, such as Safari 16.3: a proxy on its way removes `Sec-Fetch-*`, as proxies that
// filter do for every browser.

import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';

/** Calls `use` with the proxy's address, and with the `Origin` of each POST, as a list that grows. */
export async function withoutFetchMetadata(use) {
  const origins = [];
  const server = createServer((request, response) => {
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !name.startsWith('sec-fetch-')));
    if (request.method === 'POST') origins.push(headers.origin);
    const onward = ask(request.url, { method: request.method, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await use({ address: `127.0.0.1:${server.address().port}`, origins });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
