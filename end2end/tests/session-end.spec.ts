// The session ends when the API token expires.

import { expect, test } from '../support/fixtures';
import { enter, loginLink, logoutButton, message } from '../support/journey';

const SECONDS = 5;

test.use({ settings: { api: { token_ttl: `${SECONDS}s` } } });

test('when the token has expired the page offers to log in', async ({ page }) => {
  await enter(page);
  await page.waitForTimeout(SECONDS * 1_000);
  await page.goto('/');
  await expect(loginLink(page)).toBeVisible();
  await expect(logoutButton(page)).toBeHidden();
  await expect(message(page)).toContainText('Votre session a pris fin');
});
