// Which files a visit fetches, and which it must not. `make bench` measures the rest.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '../support/fixtures';
import { hydrated, logIn } from '../support/journey';
import { root } from '../support/stack.mjs';

const folder = join(root, 'target/site/pkg');
const files = readdirSync(folder);
const file = (ending: string) => join(folder, files.find((name) => name.endsWith(ending))!);
const KIB = 1024;

test('the style sheet stays small, and fetches nothing', () => {
  expect(statSync(file('.css.br')).size).toBeLessThanOrEqual(8 * KIB);
  const css = readFileSync(file('.css'), 'utf8');
  expect(css).not.toMatch(/@font-face|@import|url\((?!["']?data:)/);
});

test('the site consists of style, script and WASM, without picture or font', () => {
  const strange = files.filter((name) => !/\.(css|js|wasm|ts)(\.br|\.gz)?$/.test(name));
  expect(strange).toEqual([]);
});

test('the browser gets two islands', () => {
  const exported = [...readFileSync(file('.js'), 'utf8').matchAll(/export function (\w+)/g)].map(([, name]) => name);
  // An island's name ends with the hash of its place in the source; the other export hydrates the islands.
  expect(exported.map((name) => name.replace(/_\d+$/, '')).sort()).toEqual(['CopyButton', 'LogoutButton', 'hydrate']);
});

test('a whole visit fetches no font and no image', async ({ page, product }) => {
  const fetched = new Set<string>();
  page.on('request', (request) => {
    if (request.url().startsWith(product.playground)) fetched.add(request.resourceType());
  });
  await logIn(page);
  await hydrated(page);
  expect([...fetched]).toEqual(expect.arrayContaining(['document', 'script', 'stylesheet']));
  for (const heavy of ['font', 'image', 'media']) expect([...fetched]).not.toContain(heavy);
});
