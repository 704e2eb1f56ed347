// Not a test: a picture of every page, for people to look at (npm run screenshots).

import { test } from '../support/fixtures';
import { pages } from '../support/pages';

for (const [name, visit] of Object.entries(pages)) {
  test(`${name}`, { tag: '@screenshots' }, async ({ page, product }) => {
    await visit(page, product);
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 768, 360]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        const file = `${name.replaceAll(/\W+/g, '-')}-${colorScheme}-${width}.png`;
        await page.screenshot({ path: `test-results/screens/${file}`, fullPage: true });
      }
    }
  });
}
