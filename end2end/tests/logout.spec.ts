// What a logout shows and leaves behind. logout-table.spec.ts has every situation in which somebody logs out.

import { expect, test } from '../support/fixtures';
import {
  CAMILLE, enter, hydrated, LOGGED_OUT, logIn, loginLink, logOut, logOutHalfway, logoutButton, message, NOT_CONFIRMED,
} from '../support/journey';
import { sessionCookies } from '../support/session';

const SPINNER = 'Déconnexion en cours...';

test('a copy of the session cookie is refused after the logout', async ({ page, browser, context, baseURL }) => {
  await enter(page);
  await page.goto('/');
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
  await enter(page);
  await page.goto('/');
  await hydrated(page);
  product.links.api.delay = 1_000;
  await logOut(page);
  expect(await page.evaluate(() => localStorage.getItem('spinner'))).toBe(`/ ${SPINNER}`);
});

test('when a logout gets no answer, the button works again after a while', async ({ page }) => {
  await page.clock.install();
  await enter(page);
  await page.goto('/');
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
  await enter(page);
  await page.goto('/');
  await logOutHalfway(page, product.issuer);
  await expect(page.getByText(SPINNER)).toBeVisible();
  await expect(page.getByRole('main').getByRole('link').first())
    .toHaveAttribute('href', new RegExp(`^${product.issuer}/session/end`));
});

test('a return from ProConnect without a logout confirms nothing', async ({ page }) => {
  await page.goto('/logged-out?state=a-state-that-nobody-has-given-out-ever');
  await expect(message(page)).not.toHaveText(LOGGED_OUT);
  await expect(loginLink(page)).toBeVisible();
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

test('a warning appears once', async ({ page, product }) => {
  await enter(page);
  await page.goto('/');
  await product.links.api.cut();
  await logOut(page);
  await expect(message(page)).toHaveText(NOT_CONFIRMED);
  await product.links.api.mend();
  // ProConnect still has the agent's session, because the logout did not reach it.
  await loginLink(page).click();
  await logOut(page);
  await expect(message(page)).toHaveText(LOGGED_OUT);
});
