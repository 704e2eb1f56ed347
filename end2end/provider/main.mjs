// A local stand-in of ProConnect. `node provider/main.mjs --help` says how to run it.

import { once } from 'node:events';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

import { clientIds, clientSecret } from './clients.mjs';
import { SigningKeys } from './keys.mjs';
import { IdentityProvider } from './server.mjs';

const usage = `Usage: node provider/main.mjs [options]

  --port N                        port to listen on, 0 for any free one (default 0)
  --issuer URL                    public issuer, when it is not the address listened on
  --redirect-uri URL              callback of the api, repeatable, compared exactly
  --post-logout-redirect-uri URL  where a logout may come back to, repeatable, compared exactly
  --keys FILE                     keep the signing keys in FILE across restarts

Clients (secret): ${clientIds.map((id) => `\n  ${id} (${clientSecret(id)})`).join('')}

SIGHUP makes new signing keys; the previous ones stay published until the next SIGHUP.
SIGTERM and SIGINT stop it.`;

const { values: options } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
    issuer: { type: 'string' },
    'redirect-uri': { type: 'string', multiple: true, default: [] },
    'post-logout-redirect-uri': { type: 'string', multiple: true, default: [] },
    keys: { type: 'string' },
  },
});

if (options.help) {
  console.log(usage);
  process.exit(0);
}

const server = createServer().listen(Number(options.port), '127.0.0.1');
await once(server, 'listening');
const address = `http://127.0.0.1:${server.address().port}/api/v2`;

const identityProvider = new IdentityProvider({
  issuer: options.issuer ?? address,
  keys: new SigningKeys(options.keys),
  redirectUris: options['redirect-uri'],
  postLogoutRedirectUris: options['post-logout-redirect-uri'],
});
server.on('request', (request, response) => identityProvider.handle(request, response));

process.on('SIGHUP', () => identityProvider.rotateKeys());
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}

console.log(`listening on ${address}`);
