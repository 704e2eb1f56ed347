// `make demo`: the whole product on this machine, with a stand-in of ProConnect. Ctrl-C stops it.
// `make dev`, which is `demo.mjs --from-source`: the same, built and run by cargo from what is being edited.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { identities } from './provider/identities.mjs';
import { isFree } from './support/ports.mjs';
import { encryptionKey, root, Stack } from './support/stack.mjs';

const ports = { provider: 9000, api: 8000, playground: 3000 };
const folder = join(root, '.demo');
const builds = process.argv.includes('--from-source');

/** Made once: sessions and links of an earlier demo stay good. */
function keptKey() {
  const file = join(folder, 'encryption.key');
  if (!existsSync(file)) writeFileSync(file, encryptionKey(), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

async function takenPorts() {
  const taken = [];
  for (const [name, port] of Object.entries(ports)) {
    if (!await isFree(port)) {
      taken.push(`Port ${port} is taken, and this needs it for the ${name}. \`ss -ltnp sport = :${port}\` `
        + 'shows by whom: stop that program, then try again.');
    }
  }
  return taken;
}

const welcome = ({ playground, api, issuer }) => `
Passerelle is running.

  Open        ${playground}
  Log in as   ${identities[0].label}, or another of the ${identities.length} agents that the stand-in of ProConnect offers
  Behind it   api ${api}, provider ${issuer}
  Kept in     ${folder} (config.yml, database, keys, logs)

Ctrl-C stops it.`;

const interrupted = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve());
});

async function main() {
  const taken = await takenPorts();
  if (taken.length > 0) throw new Error(taken.join('\n'));
  mkdirSync(folder, { recursive: true });
  const stack = await Promise.race([Stack.start({ folder, ports, key: keptKey(), builds }), interrupted]);
  // Interrupted in the middle of starting: the programs end with the process that started them.
  if (!stack) process.exit();
  console.log(welcome(stack));
  try {
    await Promise.race([interrupted, stack.crashed()]);
    console.log('\nStopping.');
  } finally {
    await stack.stop();
  }
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
