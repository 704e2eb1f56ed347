// The servers keep nothing important in memory: nobody notices when one is killed and started again.

import { expect, test } from '../support/fixtures';
import {
  answer, askToLogIn, CAMILLE, LOGGED_OUT, logIn, logOutHalfway, logoutButton, message,
} from '../support/journey';

for (const name of ['api', 'playground'] as const) {
  test(`killing the ${name} loses no login or logout in progress, and no session`, async ({ page, product }) => {
    await askToLogIn(page);
    await product.restart(name);
    await answer(page, CAMILLE);
    await expect(logoutButton(page)).toBeVisible();

    await product.restart(name);
    await page.reload();
    await expect(logoutButton(page)).toBeVisible();

    const goOn = await logOutHalfway(page, product.issuer);
    await goOn();
    await product.restart(name);
    await page.getByRole('main').getByRole('link').first().click();
    await page.waitForURL('**/logged-out*');
    await expect(message(page)).toHaveText(LOGGED_OUT);
  });
}

test('a login begun before a restart of both still belongs to this browser', async ({ page, browser, product, baseURL }) => {
  const landing = await logIn(page);
  await product.restart('api');
  await product.restart('playground');
  const thief = await browser.newContext({ baseURL });
  const elsewhere = await thief.newPage();
  await elsewhere.goto(landing);
  await expect(logoutButton(elsewhere)).toBeHidden();
  await thief.close();
  await page.reload();
  await expect(logoutButton(page)).toBeVisible();
});
