// The page of keys: keys are made, copied, used, renamed, replaced and revoked, with and without scripts.

import { readFileSync } from 'node:fs';

import type { Page } from '@playwright/test';

import { elsewhere } from '../support/elsewhere';
import { expect, test } from '../support/fixtures';
import { openEnvelope } from '../support/fernet.mjs';
import { answer, askToLogIn, CAMILLE, enter, envelopeOf, loginLink, message } from '../support/journey';
import { createKey, newKey, row } from '../support/keys';

const WHOLE = /^sk-psl[0-9A-Za-z]{36}$/;
const HINT = /sk-psl..….{4}/;

/** The name of the key's owner according to the api, or the status when the api refuses the key. */
async function ownerOf(page: Page, api: string, key: string) {
  const reply = await page.request.get(`${api}/v1/me`, { headers: { authorization: `Bearer ${key}` } });
  return reply.ok() ? (await reply.json()).name : reply.status();
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled });

    test('a key is made, used, renamed, replaced and revoked', async ({ page, product }) => {
      await askToLogIn(page);
      await answer(page, CAMILLE);
      await page.getByRole('link', { name: 'Clés d’API' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Clés d’API');

      const first = await createKey(page, 'Import de nuit');
      expect(first).toMatch(WHOLE);
      await expect(newKey(page)).toBeFocused();
      expect(page.url()).toBe(`${product.playground}/keys`);
      const curl = await page.getByLabel('Essayez-la dans un terminal').inputValue();
      expect(curl).toBe(`curl -H "Authorization: Bearer ${first}" ${product.api}/v1/me`);
      expect(await ownerOf(page, product.api, first)).toBe(CAMILLE);

      await page.getByRole('link', { name: /revenir à la liste/ }).click();
      await expect(message(page)).toContainText('n’est plus affichée');
      await expect(row(page, 'Import de nuit').first()).toContainText(HINT);
      expect(await page.content()).not.toContain(first);

      await row(page, 'Import de nuit').first().getByRole('link', { name: /^Renommer/ }).click();
      await expect(page.getByLabel('Nouveau nom')).toBeFocused();
      await page.getByLabel('Nouveau nom').fill('Import du soir');
      await page.getByRole('button', { name: 'Enregistrer' }).click();
      await expect(message(page)).toHaveText('Le nouveau nom est enregistré.');
      expect(page.url()).toBe(`${product.playground}/keys#notice`);

      await row(page, 'Import du soir').first().getByRole('link', { name: /^Remplacer/ }).click();
      await page.getByLabel(/pas du tout/).check();
      await page.getByRole('button', { name: 'Remplacer la clé' }).click();
      const second = await newKey(page).inputValue();
      expect(second).toMatch(WHOLE);
      expect(second).not.toBe(first);
      expect(await ownerOf(page, product.api, first)).toBe(401);
      expect(await ownerOf(page, product.api, second)).toBe(CAMILLE);

      await page.goto('/keys?status=active');
      await row(page, 'Import du soir').first().getByRole('link', { name: /^Révoquer/ }).click();
      await expect(page.getByRole('main')).toContainText('Import du soir');
      await page.getByRole('button', { name: 'Révoquer la clé' }).click();
      await expect(message(page)).toContainText('La clé est révoquée');
      expect(await ownerOf(page, product.api, second)).toBe(401);
      await expect(row(page, 'Import du soir').first()).toContainText(/Révoquée|Remplacée/);
    });

    test('a reload neither shows the key again nor makes a second one', async ({ page }) => {
      await askToLogIn(page);
      await answer(page, CAMILLE);
      const name = `Une seule ${javaScriptEnabled}`;
      const key = await createKey(page, name);
      await page.reload();
      await expect(message(page)).toContainText('Ce formulaire a déjà créé une clé.');
      expect(await page.content()).not.toContain(key);
      await page.getByRole('link', { name: 'Voir cette clé dans la liste' }).click();
      await expect(row(page, name)).toHaveCount(1);
      await page.goto('/keys');
      await expect(row(page, name)).toHaveCount(1);
    });
  });
}

test('the button copies the key, and says so', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await enter(page);
  const key = await createKey(page, 'À copier');
  await page.getByRole('button', { name: 'Copier' }).first().click();
  await expect(page.getByText('Copié', { exact: true })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
  await page.getByRole('button', { name: 'Copier' }).last().click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(`Bearer ${key}`);
});

test('the button comes in a browser that is never idle', async ({ page }) => {
  await page.addInitScript(() => {
    window.requestIdleCallback = () => 0;
  });
  await enter(page);
  await createKey(page, 'Sans repos');
  await expect(page.getByRole('button', { name: 'Copier' })).toHaveCount(2);
});

test('the key is in no script, URL, cookie, attribute or storage', async ({ page, context }) => {
  await enter(page);
  const urls: string[] = [];
  page.on('request', (request) => urls.push(request.url()));
  const key = await createKey(page, 'Discrète');
  const places = await page.evaluate(() => [
    ...[...document.querySelectorAll('*')].flatMap((element) => [...element.attributes].map(({ value }) => value)),
    ...[...document.scripts].map((script) => script.textContent ?? ''),
    JSON.stringify({ ...localStorage, ...sessionStorage }),
    JSON.stringify(history.state),
    location.href,
    document.title,
  ]);
  const cookies = (await context.cookies()).map(({ value }) => value);
  for (const place of [...places, ...urls, ...cookies]) expect(place).not.toContain(key);
});

test('no log of either server has a key', async ({ page, product }) => {
  await enter(page);
  const key = await createKey(page, 'Sans trace');
  for (const name of ['api', 'playground']) {
    expect(readFileSync(`${product.folder}/${name}.log`, 'utf8')).not.toContain(key.slice(8));
  }
});

test('a refusal appears beside its field, and the field keeps its value', async ({ page }) => {
  await enter(page);
  await page.goto('/keys');
  const name = page.getByLabel('Nom de la clé');
  await name.fill('x'.repeat(81));
  await page.getByRole('button', { name: 'Créer une clé' }).click();
  await expect(page.getByRole('alert')).toContainText('Donnez un nom de 1 à 80');
  await expect(name).toHaveValue('x'.repeat(81));
  await expect(name).toBeFocused();
  await expect(name).toHaveAttribute('aria-invalid', 'true');

  await name.fill('Trop longue');
  await page.getByLabel('Durée de vie').selectOption('date');
  await page.getByLabel('Dernier jour').fill('2040-01-01');
  await page.getByRole('button', { name: 'Créer une clé' }).click();
  await expect(page.getByRole('alert')).toContainText('Au plus tard');
  await expect(page.getByLabel('Dernier jour')).toHaveValue('2040-01-01');
  await expect(name).toHaveValue('Trop longue');
});

test('the last day that is allowed can be chosen', async ({ page }) => {
  await enter(page);
  await page.goto('/keys?name=Longue&expires_in=400');
  await page.getByRole('button', { name: 'Créer une clé' }).click();
  const latest = await page.getByRole('alert').locator('time').getAttribute('datetime');
  await page.getByLabel('Dernier jour').fill(latest!.slice(0, 10));
  await page.getByRole('button', { name: 'Créer une clé' }).click();
  await expect(newKey(page)).toBeVisible();
});

test('a name is shown as text, whatever is in it', async ({ page }) => {
  await enter(page);
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => { dialogs.push(dialog.message()); void dialog.dismiss(); });
  for (const name of ['<script>alert(1)</script><b>gras</b>', '"><img src=x onerror=alert(2)>', '\u202eneerg']) {
    await createKey(page, name);
    await page.goto('/keys');
    await expect(page.locator('tbody bdi').first()).toHaveText(name);
  }
  expect(dialogs).toEqual([]);
});

test('a link in a tutorial fills in the form', async ({ page }) => {
  await enter(page);
  await page.goto('/keys?name=Tutoriel&expires_in=30');
  await expect(page.getByLabel('Nom de la clé')).toHaveValue('Tutoriel');
  await expect(page.getByLabel('Nom de la clé')).toBeFocused();
  await expect(page.getByLabel('Durée de vie')).toHaveValue('30');
  await expect(page.getByLabel('Dernier jour')).toBeHidden();
  await page.getByLabel('Durée de vie').selectOption('date');
  await expect(page.getByLabel('Dernier jour')).toBeVisible();
});

test('a link in a tutorial fills in the form for somebody who has yet to log in', async ({ page }) => {
  await page.goto('/keys?name=Import%20de%20nuit%20%26%20jour&expires_in=30');
  await loginLink(page).click();
  await answer(page, CAMILLE);
  await expect(page.getByLabel('Nom de la clé')).toHaveValue('Import de nuit & jour');
  await expect(page.getByLabel('Durée de vie')).toHaveValue('30');
});

test('a person who is not logged in comes back to the keys after the login', async ({ page }) => {
  const response = await page.goto('/keys');
  expect(response?.status()).toBe(200);
  await expect(loginLink(page)).toHaveAttribute('href', '/login?return_to=/keys');
  await loginLink(page).click();
  await answer(page, CAMILLE);
  await page.waitForURL('**/keys');
  await expect(page.getByRole('heading', { name: 'Clés d’API' })).toBeVisible();
});

test('when the api is unreachable, the session stays and the form can be sent again', async ({ page, product }) => {
  await enter(page);
  await page.goto('/keys');
  await page.getByLabel('Nom de la clé').fill('Patiente');
  await product.links.api.cut();
  await page.getByRole('button', { name: 'Créer une clé' }).click();
  await expect(page.getByRole('alert')).toContainText('Votre session est conservée');
  await product.links.api.mend();
  await page.getByRole('button', { name: 'Réessayer' }).click();
  await expect(newKey(page)).toBeVisible();
  await page.goto('/keys');
  await expect(row(page, 'Patiente')).toHaveCount(1);
});

test('the key of another person is a 404', async ({ page, browser, baseURL }) => {
  await enter(page);
  await createKey(page, 'À moi');
  await page.goto('/keys');
  const path = await page.getByRole('link', { name: /^Révoquer/ }).first().getAttribute('href');
  const context = await browser.newContext({ baseURL, locale: 'fr-FR' });
  const other = await context.newPage();
  await enter(other, 'Zoë-Łucja');
  const response = await other.goto(path!);
  expect(response?.status()).toBe(404);
  await context.close();
});

test('by default a key has an end, within a year', async ({ page }) => {
  await enter(page);
  await page.goto('/keys');
  await expect(page.locator('select[name=lifetime] option'))
    .toHaveText(['30 jours', '90 jours', '180 jours', '1 an', 'Jusqu’à une date de mon choix']);
});

test('other sites can neither make nor revoke a key', async ({ page, baseURL }) => {
  await enter(page);
  for (const path of ['/keys', '/keys/1/revoke', '/sessions/end']) {
    const form = `<form method="post" action="${baseURL}${path}"><input name="name" value="x"><button>Un prix</button></form>`;
    await elsewhere('localhost', form, async (url) => {
      await page.goto(url);
      const refused = page.waitForResponse(`${baseURL}${path}`);
      await page.getByRole('button').click();
      expect((await refused).status()).toBe(403);
    });
  }
});

test('the pages transfer at most 60 KiB on a first visit, and send no request to another server', async ({ page, browser, baseURL, request, product }) => {
  // Another person than in the other tests: each key makes the list longer.
  const landing = envelopeOf(await enter(page, 'Dominique Exemple'));
  const { app_token: token } = openEnvelope(product.key, landing);
  // As many keys as a person may have.
  for (let number = 1; number <= 20; number += 1) {
    const made = await request.post(`${product.api}/v1/keys`, {
      headers: { authorization: `Bearer ${token}` },
      data: { name: `Chaîne de traitement des dossiers, étape ${number}` },
    });
    expect(made.status()).toBe(201);
  }
  for (const path of ['/', '/keys', '/sessions', '/history', '/try']) {
    // This browser has nothing of ours in its cache yet.
    const cold = await browser.newContext({ baseURL, locale: 'fr-FR', storageState: await page.context().storageState() });
    const fresh = await cold.newPage();
    const requests: Promise<{ url: string; bytes: number }>[] = [];
    fresh.on('requestfinished', (request) => {
      requests.push(request.sizes().then(({ responseBodySize, responseHeadersSize }) => ({
        url: request.url(),
        bytes: responseBodySize + responseHeadersSize,
      })));
    });
    await fresh.goto(path, { waitUntil: 'networkidle' });
    const loaded = await Promise.all(requests);
    expect(loaded.filter(({ url }) => !url.startsWith(baseURL!))).toEqual([]);
    const bytes = loaded.reduce((sum, request) => sum + request.bytes, 0);
    test.info().annotations.push({ type: `bytes of ${path}`, description: String(bytes) });
    expect(bytes).toBeLessThanOrEqual(60 * 1024);
    await cold.close();
  }
});
