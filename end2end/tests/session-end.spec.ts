// The session ends when the API token expires.

import { expect, test } from '../support/fixtures';
import { askToLogIn, LOGGED_OUT, logIn, loginLink, logOut, logoutButton, message } from '../support/journey';

const SECONDS = 5;

test.use({ settings: { api: { token_ttl: `${SECONDS}s` } } });

test('when the token has expired the page offers to log in', async ({ page }) => {
  await logIn(page);
  await page.waitForTimeout(SECONDS * 1_000);
  await page.goto('/');
  await expect(loginLink(page)).toBeVisible();
  await expect(logoutButton(page)).toBeHidden();
  await expect(message(page)).toContainText('Votre session a pris fin');
});

test('a tab whose session has expired can still log out of ProConnect', async ({ page }) => {
  await logIn(page);
  await page.waitForTimeout(SECONDS * 1_000);
  await logOut(page);
  await expect(message(page)).toHaveText(LOGGED_OUT);
  await askToLogIn(page);
});
