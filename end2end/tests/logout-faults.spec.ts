// When the provider or the api is unreachable, the agent is logged out here, and the page says what was not confirmed.

import { expect, test } from '../support/fixtures';
import { openEnvelope } from '../support/fernet.mjs';
import { envelopeOf, LOGGED_OUT, logIn, loginLink, logOut, message, NOT_CONFIRMED } from '../support/journey';
import { sessionCookies } from '../support/session';

test('when the provider is unreachable, the session and the API token end', async ({ page, context, request, baseURL, product }) => {
  const { app_token: token } = openEnvelope(product.key, envelopeOf(await logIn(page)));
  await product.links.provider.cut();
  await logOut(page);
  await expect(message(page)).toHaveText(NOT_CONFIRMED);
  await expect(loginLink(page)).toHaveAttribute('href', /^\/login/);
  expect(await sessionCookies(context, baseURL!)).toEqual([]);
  const me = await request.get(`${product.api}/v1/me/info`, { headers: { authorization: `Bearer ${token}` } });
  expect(me.status()).toBe(401);
});

test('when the api is unreachable, the session ends', async ({ page, context, baseURL, product }) => {
  await logIn(page);
  await product.links.api.cut();
  await logOut(page);
  await expect(message(page)).toHaveText(NOT_CONFIRMED);
  expect(await sessionCookies(context, baseURL!)).toEqual([]);
  await page.goto('/');
  await expect(loginLink(page)).toBeVisible();
});

test('the warning appears once', async ({ page, product }) => {
  await logIn(page);
  await product.links.api.cut();
  await logOut(page);
  await expect(message(page)).toHaveText(NOT_CONFIRMED);
  await product.links.api.mend();
  // ProConnect still has the agent's session, because the logout did not reach it.
  await loginLink(page).click();
  await logOut(page);
  await expect(message(page)).toHaveText(LOGGED_OUT);
});
