// Not a test: a picture of every page, for people to look at, and those of the README (npm run screenshots).

import { join } from 'node:path';

import type { Page } from '@playwright/test';

import { test } from '../support/fixtures';
import { pages } from '../support/pages';
import { root } from '../support/stack.mjs';

/** The pages that the README shows, by the name of the picture. */
const README: Record<string, string> = {
  login: 'login', account: 'account', keys: 'keys', 'new-key': 'new key', sessions: 'sessions', history: 'history', try: 'try, answered',
};

for (const [file, name] of Object.entries(README)) {
  test(`README: ${file}`, { tag: '@screenshots' }, async ({ page, product }) => {
    await pages[name](page, product);
    await page.setViewportSize({ width: 1000, height: 640 });
    await page.evaluate(() => scrollTo(0, 0));
    await page.screenshot({ path: join(root, `docs/screenshots/${file}.jpg`), type: 'jpeg', quality: 70 });
  });
}

async function pictures(page: Page, name: string) {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 768, 360]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      const file = `${name.replaceAll(/\W+/g, '-')}-${colorScheme}-${width}.png`;
      await page.screenshot({ path: `test-results/screens/${file}`, fullPage: true });
    }
  }
}

for (const [name, visit] of Object.entries(pages)) {
  test(name, { tag: '@screenshots' }, async ({ page, product }) => {
    await visit(page, product);
    await pictures(page, name);
  });
}

for (const path of ['/', '/docs', '/docs?lang=en']) {
  test(`the api's ${path}`, { tag: '@screenshots' }, async ({ page, product }) => {
    test.slow();
    await page.goto(product.api + path);
    await pictures(page, `api${path}`);
  });
}
