// The provider has been unreachable since the servers started.

import { violations } from '../support/axe';
import { expect, test } from '../support/fixtures';
import { loginLink } from '../support/journey';

// Port 9 is discard: nothing listens there.
test.use({ settings: { oauth2: { server_metadata_url: 'http://127.0.0.1:9/.well-known/openid-configuration' } } });

test('the pages work, and the login says that it is unavailable', async ({ page, product }) => {
  await page.goto('/');
  const answer = page.waitForResponse(`${product.api}/v1/oauth2/login?**`);
  await loginLink(page).click();
  expect((await answer).status()).toBe(503);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await violations(page)).toEqual([]);
});
