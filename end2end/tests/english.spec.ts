// A browser that prefers English gets English.

import { expect, test } from '../support/fixtures';

test.use({ locale: 'en-GB' });

test('every page is in English', async ({ page }) => {
  await page.goto('/');
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  const login = page.getByRole('main').getByRole('link').first();
  await expect(login).toHaveAccessibleName(/^(Sign|Log) in with\s+ProConnect/);

  await login.click();
  await page.getByRole('button', { name: 'Camille Exemple' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.getByRole('button', { name: /^(sign|log) out/i }).click();

  await page.waitForURL('**/logged-out*');
  await expect(page.getByRole('status').or(page.getByRole('alert'))).toContainText(/(signed|logged) out/i);
});

test('the message of a failed login is in English', async ({ page }) => {
  await page.goto('/?encrypted_token=changeme');
  await expect(page.getByRole('alert').or(page.getByRole('status'))).toHaveText(/[a-z]/);
  await expect(page.getByRole('main')).not.toContainText('connexion');
});
