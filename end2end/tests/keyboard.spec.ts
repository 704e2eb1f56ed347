// A login and a logout with the keyboard alone.

import type { Locator, Page } from '@playwright/test';

import { expect, test } from '../support/fixtures';
import { enter, LOGGED_OUT, loginLink, logoutButton, message } from '../support/journey';

/** Goes to the control with the Tab key, once it is in view: what an island shows comes after its script. */
async function reach(page: Page, control: Locator) {
  await expect(control).toBeVisible();
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

test('an agent makes a key, copies it and revokes it without a mouse', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const press = async (control: Locator, key = 'Enter') => {
    await reach(page, control);
    await page.keyboard.press(key);
  };
  await enter(page);
  await page.goto('/');
  await press(page.getByRole('link', { name: 'Clés d’API' }));
  await expect(page).toHaveURL(/\/keys$/);
  await reach(page, page.getByLabel('Nom de la clé'));
  await page.keyboard.type('Au clavier');
  await press(page.getByRole('button', { name: 'Créer une clé' }));
  const key = page.getByLabel('La clé', { exact: true });
  await expect(key).toBeFocused();
  const whole = await key.inputValue();
  await press(page.getByRole('button', { name: 'Copier' }).first(), 'Space');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(whole);
  await press(page.getByRole('link', { name: /revenir à la liste/ }));
  await expect(page.getByRole('row', { name: 'Au clavier' })).toBeVisible();
  await press(page.getByRole('link', { name: /Révoquer/ }).first());
  await press(page.getByRole('button', { name: 'Révoquer la clé' }));
  await expect(message(page)).toContainText('La clé est révoquée');
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
