// From the button to the account page.

import { expect, test } from '../support/fixtures';
import { answer, askToLogIn, begin, CAMILLE, logIn, loginLink, logoutButton, message } from '../support/journey';

test('an agent logs in and sees their account and when the session ends', async ({ page, baseURL }) => {
  await logIn(page);
  await expect(page).toHaveURL(`${baseURL}/`);
  const account = page.getByRole('main');
  for (const text of [
    CAMILLE,
    'camille.exemple@test.proconnect.gouv.fr',
    'Direction des exemples',
    'Freemium',
  ]) {
    await expect(account).toContainText(text);
  }
  const end = await account.getByRole('time').last().getAttribute('datetime');
  const hours = (new Date(end!).getTime() - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(23.9);
  expect(hours).toBeLessThanOrEqual(24);
});

test('names and organisations are shown character for character, markup included', async ({ page }) => {
  await logIn(page, 'Zoë-Łucja');
  await expect(page.getByRole('main')).toContainText('Zoë-Łucja Ńandú d’Exemple');
  await expect(page.getByRole('main')).toContainText('Mairie de L’Exemple-lès-Œuvres & « fils » <b>');
});

test('an agent without name, address or organisation can log in', async ({ page }) => {
  await logIn(page, 'Sans nom ni adresse');
  await expect(page.getByRole('main')).toContainText('Freemium');
  await expect(page.getByRole('main')).not.toContainText(/null|undefined|None/);
});

test('an agent who has a session with ProConnect is not asked again', async ({ page, context, baseURL }) => {
  await logIn(page);
  await context.clearCookies({ domain: new URL(baseURL!).hostname });
  await page.goto('/');
  await loginLink(page).click();
  await expect(logoutButton(page)).toBeVisible();
});

test('three tabs log in, and finish in any order', async ({ context }) => {
  const tabs = [await context.newPage(), await context.newPage(), await context.newPage()];
  for (const tab of tabs) await askToLogIn(tab);
  for (const tab of [tabs[2], tabs[0], tabs[1]]) {
    await answer(tab, CAMILLE);
    await expect(logoutButton(tab)).toBeVisible();
  }
});

test('after ten abandoned logins the eleventh works', async ({ page }) => {
  for (let begun = 0; begun < 10; begun += 1) await begin(page);
  await askToLogIn(page);
  await answer(page, CAMILLE);
  await expect(logoutButton(page)).toBeVisible();
});

for (const [button, what] of [
  ['Refuser', 'a refusal'],
  ['authentication aborted due to invalid identity', 'an identity that ProConnect does not accept'],
  ['authentication aborted due to a technical error', 'a failure of the identity provider'],
  ['idp_hint_not_found', 'an unknown error code'],
]) {
  test(`${what} ends on a message and a link to try again`, async ({ page, baseURL }) => {
    await askToLogIn(page);
    await page.getByText('Simuler une erreur').click();
    await page.getByRole('button', { name: button }).click();
    await expect(page).toHaveURL(`${baseURL}/`);
    await expect(message(page)).toHaveText(/\S/);
    await expect(loginLink(page)).toBeVisible();
  });
}

test('when the provider becomes unreachable during a login, the page says so', async ({ page, context, product }) => {
  await askToLogIn(page);
  // The browser already has its code when the api cannot reach the provider to exchange it.
  await page.route(`${product.issuer}/**`, async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    const resumed = await context.request.get(response.headers().location, { maxRedirects: 0 });
    await product.links.provider.cut();
    await route.fulfill({ status: 303, headers: { location: resumed.headers().location } });
  });
  await answer(page, CAMILLE);
  await expect(message(page)).toHaveText(/\S/);
  await expect(loginLink(page)).toBeVisible();
});

test('a callback that is loaded again is refused, with a page that starts a new login', async ({ page, product }) => {
  await askToLogIn(page);
  const callback = page.waitForRequest(`${product.api}/v1/oauth2/callback?**`);
  await answer(page, CAMILLE);
  await expect(logoutButton(page)).toBeVisible();
  const replayed = await page.goto((await callback).url());
  expect(replayed?.status()).toBe(400);
  await expect(page.getByRole('main').getByRole('link').first()).toBeVisible();
});
