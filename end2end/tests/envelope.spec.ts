// Only a fresh envelope that our api made for this browser logs anybody in.

import type { Page } from '@playwright/test';

import { type Envelope, now, openEnvelope, sealEnvelope } from '../support/fernet.mjs';
import { expect, test } from '../support/fixtures';
import {
  begin, enter, envelopeOf, LOGIN_FAILED, loginLink, logoutButton, message,
} from '../support/journey';
import { encryptionKey } from '../support/stack.mjs';

const envelope: Envelope = {
  app_token: `sk-${'a'.repeat(43)}`,
  token_id: 1,
  proconnect_token: 'header.payload.signature',
  timestamp: now(),
};

const present = (page: Page, value: string) => page.goto(`/?encrypted_token=${encodeURIComponent(value)}`);

async function isRefused(page: Page, baseURL: string) {
  await expect(page).toHaveURL(`${baseURL}/`);
  await expect(message(page)).toHaveText(LOGIN_FAILED);
  await expect(loginLink(page)).toHaveAttribute('href', /^\/login/);
  await expect(logoutButton(page)).toBeHidden();
}

const bad: Record<string, (key: string) => string> = {
  'expired envelope': (key) => sealEnvelope(key, envelope, now() - 301),
  'envelope from the future': (key) => sealEnvelope(key, envelope, now() + 120),
  'envelope sealed with another key': () => sealEnvelope(encryptionKey(), envelope),
  'envelope without a binding': (key) => sealEnvelope(key, envelope),
  'envelope bound to another browser': (key) => sealEnvelope(key, { ...envelope, binding: 'b'.repeat(43) }),
  'envelope without a token': (key) => sealEnvelope(key, { ...envelope, app_token: undefined } as never),
  'tampered envelope': (key) => {
    const sealed = sealEnvelope(key, envelope);
    return `${sealed.slice(0, 80)}${sealed[80] === 'A' ? 'B' : 'A'}${sealed.slice(81)}`;
  },
  'truncated envelope': (key) => sealEnvelope(key, envelope).slice(0, 40),
  'word that is no envelope': () => 'changeme',
  'value that is empty': () => '',
};

for (const [what, make] of Object.entries(bad)) {
  test(`an ${what} ends on a message and a clean URL`.replace('an value', 'a value'), async ({ page, baseURL, product }) => {
    // A login in progress gives this browser a binding, so that only the envelope is wrong.
    await begin(page);
    await present(page, make(product.key));
    await isRefused(page, baseURL!);
  });
}

test('the message appears once', async ({ page }) => {
  await present(page, 'changeme');
  await expect(message(page)).toHaveText(LOGIN_FAILED);
  await page.reload();
  await expect(page.getByText(LOGIN_FAILED)).toBeHidden();
});

test('a link stolen from another browser logs nobody in', async ({ page, browser, baseURL }) => {
  const landing = await enter(page);
  const thief = await browser.newContext({ baseURL, locale: 'fr-FR' });
  const elsewhere = await thief.newPage();
  await elsewhere.goto(landing);
  await isRefused(elsewhere, baseURL!);
  await thief.close();
});

test('a link stolen before it was used logs nobody in either', async ({ page, browser, baseURL, product }) => {
  const real = openEnvelope(product.key, envelopeOf(await enter(page)));
  const fresh = sealEnvelope(product.key, { ...real, binding: 'b'.repeat(43) });
  const thief = await browser.newContext({ baseURL, locale: 'fr-FR' });
  const elsewhere = await thief.newPage();
  await begin(elsewhere);
  await present(elsewhere, fresh);
  await isRefused(elsewhere, baseURL!);
  await thief.close();
});

test('an envelope replayed in the browser that is logged in leaves it logged in', async ({ page, baseURL }) => {
  const landing = await enter(page);
  await page.goto(landing);
  await expect(page).toHaveURL(`${baseURL}/`);
  await expect(logoutButton(page)).toBeVisible();
  await page.reload();
  await expect(logoutButton(page)).toBeVisible();
});

test('a URL of 60 KB causes no server error', async ({ request }) => {
  const response = await request.get(`/?encrypted_token=${'A'.repeat(60_000)}`, { maxRedirects: 0 });
  expect(response.status()).toBeLessThan(500);
});
