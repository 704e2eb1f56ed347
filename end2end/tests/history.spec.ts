// The page with the history of an account.

import { expect, test } from '../support/fixtures';
import { enter } from '../support/journey';
import { createKey } from '../support/keys';

test('an agent reads the history of their account, newest first', async ({ page }) => {
  await enter(page);
  await createKey(page, 'Une clé');
  await page.getByRole('link', { name: 'Journal' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Journal');
  const rows = page.getByRole('row');
  await expect(rows.nth(1)).toContainText('Clé créée');
  await expect(rows.nth(2)).toContainText('Connexion');
  // The history shows neither the names of keys nor who somebody is.
  await expect(page.getByRole('table')).not.toContainText('Une clé');
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});
