// The steps of an agent on the page of keys, as functions for the tests.

import { expect, type Page } from '@playwright/test';

/** The field that shows a new key, once. */
export const newKey = (page: Page) => page.getByLabel('La clé', { exact: true });

/** Makes a key with the form on the page of keys, and returns the whole key. */
export async function createKey(page: Page, name: string, lifetime = '90'): Promise<string> {
  await page.goto('/keys');
  await page.getByLabel('Nom de la clé').fill(name);
  await page.getByLabel('Durée de vie').selectOption(lifetime);
  await page.getByRole('button', { name: 'Créer une clé' }).click();
  await expect(newKey(page)).toBeVisible();
  return newKey(page).inputValue();
}

export const row = (page: Page, name: string | RegExp) => page.getByRole('row').filter({ hasText: name });
