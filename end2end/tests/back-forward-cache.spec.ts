// Browsers may keep a page as it is and show it again when the person goes back. Playwright turns that off, and the
// headless shell cannot do it, so this test turns it on in a whole Chromium.

import type { Page } from '@playwright/test';

import { wholeChromium } from '../support/browser.mjs';
import { expect, test } from '../support/fixtures';
import { CAMILLE, logIn, logOut, logoutButton } from '../support/journey';

test.use({
  launchOptions: async ({ launchOptions }, use) => {
    await use({
      ...launchOptions,
      ...wholeChromium,
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    });
  },
});

const KEPT = 'This page was kept';

/** Goes back as the browser's button does. A page that was kept does not load again, so there is no load to wait for. */
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
    // The stand-in's page shows the names of all agents.
    if (origin !== product.playground) continue;
    await expect(page.getByText(CAMILLE)).toBeHidden();
    await expect(logoutButton(page)).toBeHidden();
  }
  // The stand-in's page is kept, so the browser does keep pages; ours are not.
  expect(kept).toContain(new URL(product.issuer).origin);
  expect(kept).not.toContain(product.playground);
});
