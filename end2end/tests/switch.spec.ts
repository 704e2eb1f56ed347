// « Utiliser un autre compte »: ProConnect would log the person who was refused in again, without a question.

import { setDisabled } from '../support/accounts';
import { expect, test } from '../support/fixtures';
import { askToLogIn, logIn, loginLink, logOut, message } from '../support/journey';

test('a disabled account is refused as often as it comes back, and leads to another account', async ({ page, product }) => {
  await logIn(page);
  setDisabled(product.folder, true);
  try {
    await page.goto('/');
    for (let press = 0; press < 3; press += 1) {
      // Nobody is asked who they are: it is the same person every time.
      await loginLink(page).click();
      await expect(message(page)).toContainText('désactivé');
    }
    await page.getByRole('link', { name: 'Utiliser un autre compte' }).click();
    await expect(page).toHaveURL(new RegExp(`^${product.issuer}`));
    await expect(page.getByText('demande qui vous êtes')).toBeVisible();
  } finally {
    setDisabled(product.folder, false);
  }
  await page.goto('/');
  await askToLogIn(page);
});

test('after a login over a session, only the second one lives', async ({ page, context, product, baseURL }) => {
  await logIn(page);
  const first = await context.cookies(baseURL!);
  await page.goto('/login');
  await expect(page).toHaveURL(`${product.playground}/`);
  const copy = await context.browser()!.newContext({ baseURL, locale: 'fr-FR' });
  await copy.addCookies(first);
  const elsewhere = await copy.newPage();
  await expect(async () => {
    await elsewhere.goto('/');
    await expect(loginLink(elsewhere)).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 10_000 });
  await copy.close();
  await page.reload();
  await logOut(page);
});
