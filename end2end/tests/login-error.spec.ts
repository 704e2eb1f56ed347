// The messages for the api's `login_error` codes.

import { expect, test } from '../support/fixtures';
import { loginLink, logoutButton, logIn, message } from '../support/journey';

const codes = [
  'access_denied',
  'acr_not_met',
  'not_allowed',
  'login_expired',
  'provider_error',
  'provider_unavailable',
  'configuration',
  'account_disabled',
  'internal',
];

test('each code has its own message, on a clean URL, with a link to log in', async ({ page, baseURL }) => {
  const told = new Map<string, string>();
  for (const code of codes) {
    await page.goto(`/?login_error=${code}`);
    await expect(page).toHaveURL(`${baseURL}/`);
    await expect(message(page)).toHaveText(/\S/);
    await expect(loginLink(page)).toHaveAttribute('href', /^\/login/);
    told.set(await message(page).innerText(), code);
  }
  expect([...told.values()]).toEqual(codes);
});

test('an unknown code has a message too, and the page does not repeat the code', async ({ page, baseURL }) => {
  await page.goto('/?login_error=%3Cimg+src%3Dx%3E');
  await expect(page).toHaveURL(`${baseURL}/`);
  await expect(message(page)).toHaveText(/\S/);
  await expect(page.getByText('<img')).toBeHidden();
});

test('a login error does not log out an agent who is logged in', async ({ page }) => {
  await logIn(page);
  await page.goto('/?login_error=access_denied');
  await expect(logoutButton(page)).toBeVisible();
});
