// The Playwright fixtures of every test: the three programs, which each worker starts for itself, and the links between them.

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test as base } from '@playwright/test';

import { Collector } from './collector.mjs';
import { Link } from './link.mjs';
import { freePort } from './ports.mjs';
import { secretsIn } from './secrets.mjs';
import { encryptionKey, Stack } from './stack.mjs';

type Sections = Record<string, Record<string, unknown>>;

export interface Options {
  /** The registration at the provider that the api uses. */
  client: string;
  /** Keys that replace those of config.yml, section by section. */
  settings: Sections;
}

export interface Product {
  folder: string;
  issuer: string;
  api: string;
  playground: string;
  /** The Fernet key that api and playground share. */
  key: string;
  /** The link to the provider is for everybody, the link to the api for the playground alone. */
  links: { provider: Link; api: Link };
  /** It gets the traces of both servers. */
  collector: Collector;
  /** Kills a program and starts it again. */
  restart: (name: 'api' | 'playground') => Promise<void>;
  /** Sends SIGHUP; returns what the program logs about it. */
  reload: (name: 'api' | 'playground') => Promise<string>;
  /** Makes the provider sign with new keys. Those of before stay published until the next time. */
  rotateSigningKeys: () => Promise<void>;
}

export const test = base.extend<{ repaired: void; discreet: void }, Options & { product: Product }>({
  client: ['passerelle-es256', { option: true, scope: 'worker' }],
  settings: [{}, { option: true, scope: 'worker' }],

  product: [async ({ client, settings }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'passerelle-'));
    const ports = { provider: await freePort(), api: await freePort(), playground: await freePort() };
    const links = {
      provider: await new Link(await freePort(), ports.provider).open(),
      api: await new Link(await freePort(), ports.api).open(),
    };
    const key = encryptionKey();
    const collector = await new Collector().open();
    const stack = await Stack.start({
      folder,
      ports,
      links: { provider: links.provider.port, api: links.api.port },
      client,
      key,
      // The same person makes the keys of many tests.
      settings: { ...settings, api: { keys: { max_per_user: 500 }, traces: collector.url, ...settings.api } },
    });
    const { issuer, api, playground } = stack;
    const restart: Product['restart'] = (name) => stack.restart(name);
    const reload: Product['reload'] = (name) => stack.reload(name);
    const rotateSigningKeys = async () => {
      const published = async () => (await fetch(`${issuer}/jwks`)).text();
      const before = await published();
      stack.signal('provider', 'SIGHUP');
      await expect.poll(published).not.toBe(before);
    };
    await use({ folder, issuer, api, playground, key, links, collector, restart, reload, rotateSigningKeys });
    await stack.stop();
    collector.close();
    await Promise.all(Object.values(links).map((link) => link.cut()));
    await rm(folder, { recursive: true });
  }, { scope: 'worker', timeout: 60_000 }],

  baseURL: ({ product }, use) => use(product.playground),

  repaired: [async ({ product }, use, testInfo) => {
    await use();
    await Promise.all(Object.values(product.links).map((link) => link.mend()));
    if (testInfo.status === testInfo.expectedStatus) return;
    for (const file of await readdir(product.folder)) {
      if (file.endsWith('.log')) await testInfo.attach(file, { path: join(product.folder, file) });
    }
  }, { auto: true }],

  /** The servers log at the most detailed level, and no line and no trace may contain a secret. */
  discreet: [async ({ product, client }, use) => {
    await use();
    for (const name of ['api', 'playground']) {
      const log = await readFile(join(product.folder, `${name}.log`), 'utf8');
      expect(secretsIn(log, { client, key: product.key }), `secrets in the log of ${name}`).toEqual([]);
    }
    expect(secretsIn(product.collector.text, { client, key: product.key }), 'secrets in the traces').toEqual([]);
  }, { auto: true }],
});

export { expect } from '@playwright/test';
