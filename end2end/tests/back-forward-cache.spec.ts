// Browsers may keep a page as it stands and show it again on the way back. Playwright turns that off, so it is
// turned on here.

import type { Page } from '@playwright/test';

import { expect, test } from '../support/fixtures';
import { CAMILLE, logIn, logOut, logoutButton } from '../support/journey';

test.use({
  launchOptions: async ({ launchOptions }, use) => {
    await use({ ...launchOptions, ignoreDefaultArgs: ['--disable-back-forward-cache'] });
  },
});

const KEPT = 'This page was kept';

/** Goes back as the browser's button does; a page that was kept does not load again, so nothing waits for that. */
async function goBack(page: Page) {
  await page.evaluate(() => { setTimeout(() => history.back()); });
  await page.waitForTimeout(1_000);
}

test('the browser keeps no page that shows the account', async ({ page, product }) => {
  await page.addInitScript((title) => {
    addEventListener('pageshow', ({ persisted }) => { if (persisted) document.title = title; });
  }, KEPT);
  await logIn(page);
  await logOut(page);
  const kept = [];
  for (let step = 0; step < 3; step += 1) {
    await goBack(page);
    const { origin } = new URL(page.url());
    if (await page.title() === KEPT) kept.push(origin);
    // The stand-in's page names everybody.
    if (origin !== product.playground) continue;
    await expect(page.getByText(CAMILLE)).toBeHidden();
    await expect(logoutButton(page)).toBeHidden();
  }
  // The stand-in's page is kept, so the browser does keep pages; ours are not.
  expect(kept).toContain(new URL(product.issuer).origin);
  expect(kept).not.toContain(product.playground);
});
