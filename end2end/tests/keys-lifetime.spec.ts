// The form offers the lifetimes that the service allows, and no others.

import { expect, test } from '../support/fixtures';
import { logIn } from '../support/journey';
import { createKey } from '../support/keys';

const offered = 'select[name=lifetime] option';

test('by default a key has an end, within a year', async ({ page }) => {
  await logIn(page);
  await page.goto('/keys');
  await expect(page.locator(offered)).toHaveText(['30 jours', '90 jours', '180 jours', '1 an', 'Jusqu’à une date de mon choix']);
});

test.describe('where a key may have no end, and else lives for 100 days', () => {
  test.use({ settings: { api: { keys: { without_expiry: true, max_lifetime: '100d' } } } });

  test('both are offered, and a key without end can be made', async ({ page }) => {
    await logIn(page);
    await page.goto('/keys?name=Longue&expires_in=365');
    await expect(page.locator(offered)).toHaveText(['30 jours', '90 jours', 'Jusqu’à une date de mon choix', 'Sans date de fin']);
    await expect(page.getByLabel('Durée de vie')).toHaveValue('90');
    await createKey(page, 'Sans fin', 'none');
    await expect(page.getByRole('main')).toContainText('sans date de fin');
  });
});
