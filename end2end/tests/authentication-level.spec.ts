// A service that requires two factors.

import { expect, test } from '../support/fixtures';
import { answer, askToLogIn, CAMILLE, loginLink, logIn, logoutButton, message } from '../support/journey';

test.use({ settings: { oauth2: { required_acr: ['eidas0-mfa', 'eidas1-mfa', 'eidas2', 'eidas3'] } } });

test('an agent with two factors logs in', async ({ page }) => {
  await logIn(page, 'Dominique Exemple');
  await expect(logoutButton(page)).toBeVisible();
});

test('an agent with only a password sees what is missing', async ({ page }) => {
  await askToLogIn(page);
  await answer(page, CAMILLE);
  await expect(message(page)).toContainText('double authentification');
  await expect(loginLink(page)).toBeVisible();
});
