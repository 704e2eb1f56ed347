// A registration that is granted fewer scopes than the configuration asks for.

import { expect, test } from '../support/fixtures';
import { loginLink, message } from '../support/journey';

test.use({ client: 'passerelle-restricted' });

test('a scope that is not granted ends on a message', async ({ page, baseURL }) => {
  await page.goto('/');
  await loginLink(page).click();
  await expect(page).toHaveURL(`${baseURL}/`);
  await expect(message(page)).toHaveText(/\S/);
});
