// `make demo`: the whole product on this machine, with a stand-in of ProConnect. Ctrl-C stops it.
// `make dev` is `demo.mjs --from-source`: the same, but cargo builds and runs the sources that you edit.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { identities } from './provider/identities.mjs';
import { demonstrate } from './support/demonstration.mjs';
import { encryptionKey, root, Stack } from './support/stack.mjs';

const ports = { provider: 9000, api: 8000, playground: 3000 };
const folder = join(root, '.demo');
const builds = process.argv.includes('--from-source');

/** Made once, so that sessions and links of an earlier demo stay valid. */
function keptKey() {
  const file = join(folder, 'encryption.key');
  if (!existsSync(file)) writeFileSync(file, encryptionKey(), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

const welcome = ({ playground, api, issuer }) => `
Passerelle is running.

  Open        ${playground}
  Log in as   ${identities[0].label}, or another of the ${identities.length} agents that the stand-in of ProConnect offers
  Try         « Clés d’API »: make a key, and paste the command that comes with it into a terminal:
                curl -H "Authorization: Bearer sk-psl…" ${api}/v1/me
              « Essayer l’API »: the same from the browser, with the session or with the key
              « Sessions » and « Journal »: where the person is logged in, and what happened to their account
  Behind it   api ${api}, provider ${issuer}
  Kept in     ${folder} (config.yml, database, keys, logs)

Ctrl-C stops it.`;

await demonstrate({
  ports,
  start: () => {
    mkdirSync(folder, { recursive: true });
    return Stack.start({ folder, ports, key: keptKey(), builds });
  },
  welcome,
});
