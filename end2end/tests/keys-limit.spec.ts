// A service where a person may have only one key, for a short time.

import { expect, test } from '../support/fixtures';
import { enter } from '../support/journey';
import { newKey } from '../support/keys';

test.use({ settings: { api: { keys: { max_per_user: 1, max_lifetime: '20d' } } } });

test('the page says that the limit is reached, and both pages say that a key expires soon', async ({ page }) => {
  await enter(page);
  await page.goto('/keys?name=Unique&expires_in=20');
  await page.getByRole('button', { name: 'Créer une clé' }).click();
  await expect(newKey(page)).toBeVisible();
  for (const path of ['/', '/keys']) {
    await page.goto(path);
    await expect(page.getByRole('main')).toContainText(/La clé «\s*Unique\s*» expire dans (19|20)\sjours/);
  }
  await page.getByLabel('Nom de la clé').fill('Deuxième');
  await page.getByLabel('Durée de vie').selectOption('date');
  await page.getByLabel('Dernier jour').fill(new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10));
  await page.getByRole('button', { name: 'Créer une clé' }).click();
  await expect(page.getByRole('alert')).toContainText('Vous avez atteint le nombre de clés');
  await expect(page.getByLabel('Nom de la clé')).toHaveValue('Deuxième');
});
