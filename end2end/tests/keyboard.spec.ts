// A login and a logout with the keyboard alone.

import type { Locator, Page } from '@playwright/test';

import { expect, test } from '../support/fixtures';
import { LOGGED_OUT, loginLink, logoutButton, message } from '../support/journey';

async function reach(page: Page, control: Locator) {
  for (let step = 0; step < 30; step += 1) {
    await page.keyboard.press('Tab');
    if (await control.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${control} cannot be reached with the Tab key`);
}

test('an agent logs in and out without a mouse', async ({ page }) => {
  await page.goto('/');
  await reach(page, loginLink(page));
  await page.keyboard.press('Enter');

  const camille = page.getByRole('button', { name: 'Camille Exemple' });
  await expect(camille).toBeVisible();
  await reach(page, camille);
  await page.keyboard.press('Enter');

  await expect(logoutButton(page)).toBeVisible();
  await reach(page, logoutButton(page));
  await page.keyboard.press('Space');
  await page.waitForURL('**/logged-out*');
  await expect(message(page)).toHaveText(LOGGED_OUT);
});

test('the first Tab reaches a link that skips the header', async ({ page }) => {
  await page.goto('/');
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Aller au contenu' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(loginLink(page)).toBeFocused();
});
