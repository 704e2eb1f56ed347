// « Utiliser un autre compte »: without it, ProConnect would log in the refused person again, without a question.

import { setDisabled } from '../support/accounts';
import { expect, test } from '../support/fixtures';
import { askToLogIn, logIn, loginLink, logOut, message } from '../support/journey';

test('a disabled account is refused each time, and the page offers another account', async ({ page, product }) => {
  await logIn(page);
  setDisabled(product.folder, true);
  try {
    await page.goto('/');
    for (let press = 0; press < 3; press += 1) {
      // ProConnect does not ask who they are: it is the same person every time.
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

test('when another login replaces a session, only the second session is valid', async ({ page, context, product, baseURL }) => {
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
