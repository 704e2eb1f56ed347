// A login and a logout without scripts: with links, forms and redirects only.

import { expect, test } from '../support/fixtures';
import { answer, askToLogIn, CAMILLE, LOGGED_OUT, LOGIN_FAILED, logoutButton, message } from '../support/journey';

test.use({ javaScriptEnabled: false });

test('an agent logs in and out', async ({ page }) => {
  await askToLogIn(page);
  await answer(page, CAMILLE);
  await expect(page.getByRole('main')).toContainText(CAMILLE);
  await logoutButton(page).click();
  // ProConnect's own logout page needs a script; the stand-in offers this button instead.
  await page.getByRole('button', { name: 'Se déconnecter' }).click();
  await page.waitForURL('**/logged-out*');
  await expect(message(page)).toHaveText(LOGGED_OUT);
  await askToLogIn(page);
});

test('the page says that a login failed', async ({ page }) => {
  await page.goto('/?encrypted_token=changeme');
  await expect(message(page)).toHaveText(LOGIN_FAILED);
});
