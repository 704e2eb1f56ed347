// What a proxy of these tests asks: an api, with a provider.

import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Collector } from '../support/collector.mjs';
import { freePort } from '../support/ports.mjs';
import { startProvider } from '../support/provider.mjs';
import { addressesAt, configuration, encryptionKey, startServer, writeConfiguration } from '../support/stack.mjs';

/** A folder for everything, which other users may enter: PostgreSQL and Apache run as such. */
export async function newFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-proxies-'));
  await chmod(folder, 0o755);
  return folder;
}

/** Each answer is a line of the log. */
export const LOG = { RUST_LOG: 'info,service=debug' };

/** Starts both in `folder`, and a collector of the api's traces; `settings` replace keys of the section `api`. */
export async function startService(folder, settings) {
  const ports = { provider: await freePort(), api: await freePort(), playground: await freePort() };
  const addresses = addressesAt(ports);
  const key = encryptionKey();
  const collector = await new Collector().open();
  const sections = configuration(addresses, { folder, ports, key, settings: { api: { traces: collector.url, ...settings } } });
  writeConfiguration(folder, sections);
  const provider = await startProvider({
    folder,
    port: ports.provider,
    issuer: addresses.issuer,
    redirectUri: sections.oauth2.redirect_uri,
    postLogoutRedirectUri: `${addresses.api}/oauth2/signed-out`,
  });
  return { ports, addresses, key, collector, provider, api: await startServer('api', folder, { env: LOG }) };
}
