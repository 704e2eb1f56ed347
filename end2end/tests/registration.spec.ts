// Run once for each way that ProConnect may have registered the application (see playwright.config.ts).

import { expect, test } from '../support/fixtures';
import { askToLogIn, CAMILLE, LOGGED_OUT, logIn, logOut, message } from '../support/journey';

test('an agent logs in and out', async ({ page }) => {
  await logIn(page);
  await expect(page.getByRole('main')).toContainText(CAMILLE);
  await logOut(page);
  await expect(message(page)).toHaveText(LOGGED_OUT);
  await askToLogIn(page);
});
