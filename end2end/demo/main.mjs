// `make demo`: the whole product on this machine, with a stand-in of ProConnect. Ctrl-C stops it.
// `make dev` is `main.mjs --from-source`: the same without what stands behind nginx, and cargo builds and runs the sources that you edit.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { identities } from '../provider/identities.mjs';
import { demonstrate } from '../support/demonstration.mjs';
import { binary, encryptionKey, root, Stack } from '../support/stack.mjs';
import { behindNginx, Front, frontPorts, site } from './front.mjs';

const servers = { provider: 9000, api: 8000, playground: 3000 };
const folder = join(root, '.demo');
const builds = process.argv.includes('--from-source');

/** Made once, so that sessions and links of an earlier demo stay valid. */
function keptKey() {
  const file = join(folder, 'encryption.key');
  if (!existsSync(file)) writeFileSync(file, encryptionKey(), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

const command = `${binary('api')} --config ${join(folder, 'config.yml')}`;

const welcome = ({ playground, api, issuer }) => `
Passerelle is running.

  Open        ${playground}
  Log in as   ${identities[0].label}, or another of the ${identities.length} agents that the stand-in of ProConnect offers
  Try         « Clés d’API »: make a key, and paste the command that comes with it into a terminal:
                curl -H "Authorization: Bearer sk-psl…" ${api}/v1/me
              « Essayer l’API »: the same from the browser, with the session or with the key
              « Sessions » and « Journal »: where the person is logged in, and what happened to their account${builds ? '' : behindNginx(identities[0].claims, command)}
  Behind it   api ${api}, provider ${issuer}
  Kept in     ${folder} (config.yml, database, keys, logs)

Ctrl-C stops it.`;

/** The product, with a site and an API behind nginx unless its sources are being edited. */
async function start() {
  mkdirSync(folder, { recursive: true });
  const stack = await Stack.start({
    folder, ports: servers, key: keptKey(), builds, settings: builds ? {} : { api: { protected_origins: [site] } },
  });
  if (builds) return stack;
  const front = await Front.start(folder, { api: servers.api, ...frontPorts }).catch(async (error) => {
    await stack.stop();
    throw error;
  });
  const { playground, api, issuer } = stack;
  return { playground, api, issuer, ...front.with(stack) };
}

await demonstrate({ ports: builds ? servers : { ...servers, ...frontPorts }, start, welcome });
