// A service with `api.keys.enabled: false`.

import { expect, test } from '../support/fixtures';
import { enter } from '../support/journey';

test.use({ settings: { api: { keys: { enabled: false } } } });

test('the page says that nobody can make a key, and the form disappears', async ({ page }) => {
  await enter(page);
  await page.goto('/keys');
  await page.getByLabel('Nom de la clé').fill('Sans espoir');
  await page.getByRole('button', { name: 'Créer une clé' }).click();
  await expect(page.getByRole('alert')).toContainText('Ce service ne crée plus de clés');
  await expect(page.getByLabel('Nom de la clé')).toBeHidden();
});
