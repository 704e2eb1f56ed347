// What only scripts could hide. logout-table.spec.ts has a login and a logout without them.

import { expect, test } from '../support/fixtures';
import { LOGIN_FAILED, message } from '../support/journey';

test.use({ javaScriptEnabled: false });

test('the page says that a login failed', async ({ page }) => {
  await page.goto('/?encrypted_token=changeme');
  await expect(message(page)).toHaveText(LOGIN_FAILED);
});
