// The form offers the lifetimes that the service allows, and no others: here any up to 100 days, and no end.

import { expect, test } from '../support/fixtures';
import { enter } from '../support/journey';
import { createKey } from '../support/keys';

test.use({ settings: { api: { keys: { without_expiry: true, max_lifetime: '100d' } } } });

test('a key may have no end, or one within 100 days', async ({ page }) => {
  await enter(page);
  await page.goto('/keys?name=Longue&expires_in=365');
  const offered = page.locator('select[name=lifetime] option');
  await expect(offered).toHaveText(['30 jours', '90 jours', 'Jusqu’à une date de mon choix', 'Sans date de fin']);
  await expect(page.getByLabel('Durée de vie')).toHaveValue('90');
  await createKey(page, 'Sans fin', 'none');
  await expect(page.getByRole('main')).toContainText('sans date de fin');
});
