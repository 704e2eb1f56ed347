// « Essayer l’API »: one request, with the session or with a key, and the same for programs.

import { execFileSync } from 'node:child_process';

import type { Page } from '@playwright/test';

import { expect, test } from '../support/fixtures';
import { enter, envelopeOf } from '../support/journey';
import { openEnvelope } from '../support/fernet.mjs';
import { createKey } from '../support/keys';

const send = (page: Page) => page.getByRole('button', { name: 'Envoyer la requête' });
const body = (page: Page) => page.getByLabel('Corps');

async function tryKey(page: Page, key: string) {
  await page.goto('/try');
  await page.getByLabel('Une clé d’API').check();
  await page.getByLabel('Clé', { exact: true }).fill(key);
  await send(page).click();
}

test('an agent sends the request with their session, and its token is nowhere in the browser', async ({ page, product }) => {
  const { app_token: token } = openEnvelope(product.key, envelopeOf(await enter(page)));
  await page.goto('/');
  await page.getByRole('link', { name: 'Essayer l’API' }).click();
  await expect(page.getByLabel('Clé', { exact: true })).toBeHidden();
  await send(page).click();
  await expect(page.getByRole('status').filter({ hasText: /\S/ })).toHaveText('L’API a répondu\u00a0: tout fonctionne.');
  await expect(body(page)).toContainText('"name": "Camille Exemple"');
  expect(page.url()).toBe(`${product.playground}/try#answer`);
  const kept = await page.evaluate(() => JSON.stringify([document.documentElement.outerHTML, { ...localStorage }, document.cookie]));
  expect(kept).not.toContain(token);
});

test('a new key opens the API, and one that was revoked does not', async ({ page }) => {
  await enter(page);
  const key = await createKey(page, 'Essai');
  await tryKey(page, key);
  await expect(page.getByText('200', { exact: true })).toBeVisible();
  await expect(body(page)).toContainText('"expires"');
  expect(await page.content()).not.toContain(key);
  await page.goto('/keys');
  await page.getByRole('link', { name: /Révoquer/ }).first().click();
  await page.getByRole('button', { name: 'Révoquer la clé' }).click();
  await tryKey(page, key);
  await expect(page.getByText('401', { exact: true })).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: /\S/ })).toContainText('ne reconnaît pas cette clé');
  // A wrong key is an answer, and no end of the session.
  await page.goto('/');
  await expect(page.getByRole('button', { name: /déconnecter/i })).toBeVisible();
});

test('without JavaScript the whole page works', async ({ browser, product }) => {
  const context = await browser.newContext({ baseURL: product.playground, locale: 'fr-FR', javaScriptEnabled: false });
  const page = await context.newPage();
  await enter(page);
  const key = await createKey(page, 'Sans script');
  await tryKey(page, key);
  await expect(body(page)).toContainText('Camille Exemple');
  await context.close();
});

test('the programs on the page run as they are', async ({ page }) => {
  await enter(page);
  const key = await createKey(page, 'Programmes');
  await page.goto('/try');
  const environment = { ...process.env, API_KEY: key };
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { env: environment, encoding: 'utf8' });
  const curl = await page.getByLabel('curl').inputValue();
  expect(run('sh', '-c', curl)).toMatch(/200 OK[^]*Camille Exemple/);
  const javascript = await page.getByLabel('JavaScript').inputValue();
  expect(run('node', '--input-type=module', '--eval', javascript)).toContain('Camille Exemple');
  // Whether python-requests is installed or not, the program is one.
  const python = await page.getByLabel('Python').inputValue();
  run('python3', '-c', 'import ast, sys; ast.parse(sys.argv[1])', python);
});
