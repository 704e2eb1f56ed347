// The page of sessions.

import type { Browser } from '@playwright/test';

import { expect, test } from '../support/fixtures';
import { enter, loginLink, logoutButton, message } from '../support/journey';
import { createKey } from '../support/keys';

// Each test logs in as another person, so that it does not see the sessions of other tests.
async function elsewhereToo(browser: Browser, baseURL: string, who: string) {
  const context = await browser.newContext({ baseURL, locale: 'fr-FR' });
  const page = await context.newPage();
  await enter(page, who);
  await page.goto('/');
  return page;
}

test('the page lists a session in another browser, and ends it after a confirmation', async ({ page, browser, baseURL }) => {
  await enter(page);
  const other = await elsewhereToo(browser, baseURL!, 'Camille Exemple');
  await page.goto('/');
  await page.getByRole('link', { name: 'Sessions' }).click();
  const current = page.getByRole('row').filter({ hasText: 'Cette session' });
  await expect(current).toHaveCount(1);
  await expect(current.getByRole('link')).toHaveCount(0);
  await expect(page.getByRole('row').nth(1)).toContainText('Cette session');
  await expect(current).toContainText('cette application');

  await page.getByRole('link', { name: /^Fermer la session/ }).first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Fermer la session');
  await page.getByRole('button', { name: 'Fermer la session' }).click();
  await expect(message(page)).toHaveText('La session est fermée.');
  expect(page.url()).toBe(`${baseURL}/sessions#notice`);
  await other.reload();
  await expect(message(other)).toContainText('Votre session a pris fin.');
  await other.context().close();
});

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled });

    test('all other sessions end, and the keys only when the box is ticked', async ({ page, browser, baseURL, product }) => {
      const who = 'Zoë-Łucja';
      await enter(page, who);
      const key = await createKey(page, 'Survivante');
      const asks = () => page.request.get(`${product.api}/v1/me`, { headers: { authorization: `Bearer ${key}` } });
      const other = await elsewhereToo(browser, baseURL!, who);

      await page.goto('/sessions');
      await page.getByRole('link', { name: 'Déconnecter mes autres sessions' }).click();
      await page.getByRole('button', { name: 'Déconnecter', exact: true }).click();
      await expect(message(page)).toHaveText('Vos autres sessions sont fermées.');
      await expect(page.getByRole('main')).toContainText('Aucune autre session n’est ouverte.');
      expect((await asks()).status()).toBe(200);
      await other.goto('/keys');
      await expect(loginLink(other)).toHaveAttribute('href', '/login?return_to=/keys');
      await other.context().close();

      await page.goto('/sessions/end');
      await page.getByLabel(/Révoquer aussi toutes mes clés/).check();
      await page.getByRole('button', { name: 'Déconnecter', exact: true }).click();
      await expect(message(page)).toContainText('vos clés d’API révoquées');
      expect((await asks()).status()).toBe(401);
      await expect(logoutButton(page)).toBeVisible();
    });
  });
}

test('an unknown session is a 404', async ({ page, baseURL }) => {
  await enter(page);
  const response = await page.goto('/sessions/999999/end');
  expect(response?.status()).toBe(404);
  expect(page.url()).toBe(`${baseURL}/sessions/999999/end`);
});

test('when the api is unreachable, the session stays', async ({ page, product }) => {
  await enter(page);
  await product.links.api.cut();
  const response = await page.goto('/sessions');
  expect(response?.status()).toBe(503);
  await product.links.api.mend();
  await page.getByRole('link', { name: 'Réessayer' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sessions');
});
