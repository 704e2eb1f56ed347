// Starts the stand-in of ProConnect (provider/main.mjs) as a program.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Program } from './program.mjs';

const main = fileURLToPath(new URL('../provider/main.mjs', import.meta.url));

/** Keeps its signing keys and its log in `folder`. `issuer` is needed when browsers reach it at another address. */
export function startProvider({ folder, port = 0, issuer, redirectUri, postLogoutRedirectUri }) {
  return Program.start({
    name: 'provider',
    command: process.execPath,
    args: [
      main,
      '--port', String(port),
      '--keys', join(folder, 'provider-keys.json'),
      '--redirect-uri', redirectUri,
      '--post-logout-redirect-uri', postLogoutRedirectUri,
      ...(issuer ? ['--issuer', issuer] : []),
    ],
    log: join(folder, 'provider.log'),
  });
}
