// Changes the config.yml of a running product.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Product } from './fixtures';
import { encryptionKey } from './stack.mjs';

/** Replaces a string everywhere in config.yml. Returns what undoes it. */
export function replace({ folder }: Product, from: string, to: string) {
  const file = join(folder, 'config.yml');
  const original = readFileSync(file, 'utf8');
  writeFileSync(file, original.replaceAll(from, to));
  return () => writeFileSync(file, original);
}

/** Gives both servers a new key, in front of those of `kept`. Returns what undoes it. */
export async function replaceKey(product: Product, { kept }: { kept: string[] }) {
  const reload = () => Promise.all([product.reload('api'), product.reload('playground')]);
  const undo = replace(product, JSON.stringify(product.key), JSON.stringify([encryptionKey(), ...kept]));
  await reload();
  return async () => {
    undo();
    await reload();
  };
}

/** Makes the api another client of the provider. Returns what undoes it. */
export async function replaceClient(product: Product, from: string, to: string) {
  const undo = replace(product, from, to);
  await product.restart('api');
  return async () => {
    undo();
    await product.restart('api');
  };
}
