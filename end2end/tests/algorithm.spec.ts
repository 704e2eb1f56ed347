// A token whose algorithm the configuration does not accept is refused, even when its signature is valid.

import { expect, test } from '../support/fixtures';
import { answer, askToLogIn, CAMILLE, loginLink, logoutButton, message } from '../support/journey';

test.use({ client: 'passerelle-hs256' });

test('tokens signed with HS256 log nobody in', async ({ page }) => {
  await askToLogIn(page);
  await answer(page, CAMILLE);
  await expect(message(page)).toHaveText(/\S/);
  await expect(loginLink(page)).toBeVisible();
  await expect(logoutButton(page)).toBeHidden();
});
