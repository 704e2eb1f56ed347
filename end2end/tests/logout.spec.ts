// Logout ends three things: the session here, the API token, and the SSO session at ProConnect.

import { expect, test } from '../support/fixtures';
import {
  askToLogIn, CAMILLE, envelopeOf, hydrated, LOGGED_OUT, logIn, loginLink, logOut, logOutHalfway,
  logoutButton, message,
} from '../support/journey';
import { openEnvelope } from '../support/fernet.mjs';
import { sessionCookies } from '../support/session';

const SPINNER = 'Déconnexion en cours...';

test('an agent logs out, the page says so, and ProConnect asks again at the next login', async ({ page, context, baseURL }) => {
  await logIn(page);
  await logOut(page);
  await expect(message(page)).toHaveText(LOGGED_OUT);
  expect(await sessionCookies(context, baseURL!)).toEqual([]);
  await askToLogIn(page);
});

test('the API token is revoked', async ({ page, request, product }) => {
  const { app_token: token } = openEnvelope(product.key, envelopeOf(await logIn(page)));
  const me = () => request.get(`${product.api}/v1/me/info`, { headers: { authorization: `Bearer ${token}` } });
  expect((await me()).status()).toBe(200);
  await logOut(page);
  expect((await me()).status()).toBe(401);
});

test('a copy of the session cookie is refused after the logout', async ({ page, browser, context, baseURL }) => {
  await logIn(page);
  const copied = await context.cookies(baseURL!);
  await logOut(page);
  const thief = await browser.newContext({ baseURL, locale: 'fr-FR' });
  await thief.addCookies(copied);
  const elsewhere = await thief.newPage();
  await elsewhere.goto('/');
  await expect(loginLink(elsewhere)).toBeVisible();
  await expect(elsewhere.getByText(CAMILLE)).toBeHidden();
  expect(await sessionCookies(thief, baseURL!)).toEqual([]);
  await thief.close();
});

test('the button is disabled and a spinner turns while the request runs', async ({ page, product }) => {
  // Chromium answers no DevTools command while a form navigation is pending, so a script in the page records the state.
  await page.addInitScript(() => {
    new MutationObserver(() => {
      const status = document.querySelector('form [role=status]')?.textContent?.trim();
      const disabled = document.querySelector<HTMLButtonElement>('form button')?.disabled;
      if (status && disabled) localStorage.setItem('spinner', `${location.pathname} ${status}`);
    }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  await logIn(page);
  await hydrated(page);
  product.links.api.delay = 1_000;
  await logOut(page);
  expect(await page.evaluate(() => localStorage.getItem('spinner'))).toBe(`/ ${SPINNER}`);
});

test('when a logout gets no answer, the button works again after a while', async ({ page }) => {
  await page.clock.install();
  await logIn(page);
  await hydrated(page);
  // With status 204 the browser does not navigate: the page stays as with a request that never ends.
  await page.route('**/logout', (route) => route.fulfill({ status: 204 }));
  await logoutButton(page).click();
  await expect(page.getByRole('status').filter({ hasText: SPINNER })).toBeVisible();
  await expect(page.locator('form.logout button')).toBeDisabled();
  await page.clock.fastForward(16_000);
  await expect(logoutButton(page)).toBeEnabled();
  await expect(page.getByRole('status').filter({ hasText: SPINNER })).toBeHidden();
});

test('the page before ProConnect says what happens and has a link for browsers that do not go on', async ({ page, product }) => {
  await logIn(page);
  await logOutHalfway(page, product.issuer);
  await expect(page.getByText(SPINNER)).toBeVisible();
  await expect(page.getByRole('main').getByRole('link').first())
    .toHaveAttribute('href', new RegExp(`^${product.issuer}/session/end`));
});

test('the session ends even when the organisation does not send the browser back', async ({ page, context, baseURL }) => {
  await logIn(page, 'Alix Exemple');
  await logoutButton(page).click();
  await expect(page.getByText('ne renvoie nulle part')).toBeVisible();
  expect(await sessionCookies(context, baseURL!)).toEqual([]);
  await askToLogIn(page);
});

test('a return from ProConnect without a logout confirms nothing', async ({ page }) => {
  await page.goto('/logged-out?state=a-state-that-nobody-has-given-out-ever');
  await expect(message(page)).not.toHaveText(LOGGED_OUT);
  await expect(loginLink(page)).toBeVisible();
});

test('a second tab can press logout after the first one, and then log in', async ({ page, context }) => {
  await logIn(page);
  const other = await context.newPage();
  await other.goto('/');
  await logOut(page);
  await logoutButton(other).click();
  await expect(loginLink(other)).toBeVisible();
});

test('going back after a logout shows nothing of the account', async ({ page, baseURL }) => {
  await logIn(page);
  await logOut(page);
  const seen = [];
  for (let step = 0; step < 5; step += 1) {
    await page.goBack();
    if (!page.url().startsWith(baseURL!)) continue;
    seen.push(page.url());
    await expect(page.getByText(CAMILLE)).toBeHidden();
    await expect(logoutButton(page)).toBeHidden();
  }
  expect(seen).toContain(`${baseURL}/`);
});
