// The session between login and logout.

import { setDisabled } from '../support/accounts';
import { expect, test } from '../support/fixtures';
import { openEnvelope } from '../support/fernet.mjs';
import { CAMILLE, enter, envelopeOf, loginLink, logoutButton, message } from '../support/journey';
import { sessionCookies } from '../support/session';

test('a token revoked elsewhere ends the session with a message', async ({ page, request, context, baseURL, product }) => {
  const { app_token: token, proconnect_token } = openEnvelope(product.key, envelopeOf(await enter(page)));
  const revoked = await request.post(`${product.api}/v1/oauth2/logout`, {
    headers: { authorization: `Bearer ${token}` },
    data: { proconnect_token },
  });
  expect(revoked.status()).toBe(200);
  await page.goto('/');
  await expect(message(page)).toHaveText(/\S/);
  await expect(loginLink(page)).toBeVisible();
  expect(await sessionCookies(context, baseURL!)).toEqual([]);
});

test('a session ends when its account is disabled', async ({ page, context, baseURL, product }) => {
  await enter(page);
  setDisabled(product.folder, true);
  try {
    await page.goto('/');
    await expect(message(page)).toHaveText(/\S/);
    await expect(loginLink(page)).toBeVisible();
    expect(await sessionCookies(context, baseURL!)).toEqual([]);
  } finally {
    setDisabled(product.folder, false);
  }
});

test('when the api is unreachable, the session stays and the page offers to try again', async ({ page, product }) => {
  await enter(page);
  await product.links.api.cut();
  const response = await page.goto('/');
  expect(response?.status()).toBeGreaterThanOrEqual(500);
  await expect(loginLink(page)).toBeHidden();
  await product.links.api.mend();
  await page.getByRole('link', { name: /réessayer/i }).or(page.getByRole('button', { name: /réessayer/i })).click();
  await expect(page.getByRole('main')).toContainText(CAMILLE);
});

test('a session cookie that was changed gives neither a session nor an error', async ({ page, context, baseURL }) => {
  await enter(page);
  const names = await sessionCookies(context, baseURL!);
  const cookies = (await context.cookies(baseURL!)).filter(({ name }) => names.includes(name));
  const [cookie] = cookies;
  const last = cookie.value.at(-5);
  const value = `${cookie.value.slice(0, -5)}${last === 'A' ? 'B' : 'A'}${cookie.value.slice(-4)}`;
  await context.addCookies([{ ...cookie, value }]);
  const response = await page.goto('/');
  expect(response?.status()).toBeLessThan(500);
  await expect(loginLink(page)).toBeVisible();
  await expect(logoutButton(page)).toBeHidden();
});

test('two browsers of one agent do not log each other out', async ({ page, browser, baseURL }) => {
  await enter(page);
  const second = await browser.newContext({ baseURL, locale: 'fr-FR' });
  const elsewhere = await second.newPage();
  await enter(elsewhere);
  await page.goto('/');
  await expect(logoutButton(page)).toBeVisible();
  await second.close();
});
