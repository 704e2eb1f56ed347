// What somebody does with keys.

import { expect, type Page } from '@playwright/test';

/** The field in which a new key is shown, once. */
export const newKey = (page: Page) => page.getByLabel('La clé', { exact: true });

/** Makes a key by the form on the page of keys, and gives the whole key. */
export async function createKey(page: Page, name: string, lifetime = '90'): Promise<string> {
  await page.goto('/keys');
  await page.getByLabel('Nom de la clé').fill(name);
  await page.getByLabel('Durée de vie').selectOption(lifetime);
  await page.getByRole('button', { name: 'Créer une clé' }).click();
  await expect(newKey(page)).toBeVisible();
  return newKey(page).inputValue();
}

/** The row of a key in the list. */
export const row = (page: Page, name: string | RegExp) => page.getByRole('row').filter({ hasText: name });
