// Starts the stand-in of ProConnect (provider/main.mjs) as a program.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Program } from './program.mjs';

const main = fileURLToPath(new URL('../provider/main.mjs', import.meta.url));

/**
 * Keeps its signing keys and its log in `folder`. `issuer` is needed when browsers reach it at another address. One redirect URI is
 * registered, and one or several for the way back from a logout.
 */
export function startProvider({ folder, port = 0, issuer, redirectUri, postLogoutRedirectUri }) {
  return Program.start({
    name: 'provider',
    command: process.execPath,
    args: [
      main,
      '--port', String(port),
      '--keys', join(folder, 'provider-keys.json'),
      '--redirect-uri', redirectUri,
      ...[postLogoutRedirectUri].flat().flatMap((uri) => ['--post-logout-redirect-uri', uri]),
      ...(issuer ? ['--issuer', issuer] : []),
    ],
    log: join(folder, 'provider.log'),
  });
}
