// The api's own pages, `/` and `/docs`: nothing is loaded from elsewhere, nothing is refused by their policy, nothing is cut
// off, and axe finds nothing.

import { violations } from '../support/axe';
import { expect, test } from '../support/fixtures';

// One of each kind of piece: on the whole of a long page, axe takes minutes.
const pieces = ['header', 'nav', 'main > :not(section)', '#group-login > :first-of-type', '#call-make_key', '#code-invalid_token', '#schema-Key'];

for (const path of ['/', '/docs', '/docs?lang=en']) {
  test(`${path} of the api is whole, in light and dark, wide and narrow`, async ({ page, product }) => {
    test.slow();
    const asked: string[] = [];
    const said: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => said.push(message.text()));
    await page.goto(`${product.api}${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const width of [1280, 360]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        const there = await page.evaluate((all) => all.filter((piece) => document.querySelector(piece)), pieces);
        expect.soft(await violations(page, {}, there), `${colorScheme}, ${width} px`).toEqual([]);
        const cut = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect.soft(cut, `${width} px`).toBeLessThanOrEqual(0);
      }
    }
    // A browser asks for the icon by itself.
    expect(asked.filter((url) => !url.endsWith('/favicon.ico'))).toEqual([`${product.api}${path}`]);
    expect(said.filter((line) => /policy|refused/i.test(line))).toEqual([]);
  });
}
