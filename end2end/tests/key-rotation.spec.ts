// The shared key is replaced while agents log in, are logged in and log out: nobody notices.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from '../support/fixtures';
import {
  answer, askToLogIn, CAMILLE, enter, LOGGED_OUT, logIn, LOGIN_FAILED, logOutHalfway, logoutButton, message,
} from '../support/journey';
import { encryptionKey } from '../support/stack.mjs';

// These settings give this test its own programs, because it changes their key.
test.use({ settings: { playground: { title: 'Rotation' } } });

test('nobody notices a rotation of keys, and the old key is refused at the end', async ({ browser, product, baseURL }) => {
  test.slow();
  const file = join(product.folder, 'config.yml');
  const original = readFileSync(file, 'utf8');
  const next = encryptionKey();
  const rotate = async (keys: string[], order: ('api' | 'playground')[]) => {
    writeFileSync(file, original.replaceAll(JSON.stringify(product.key), JSON.stringify(keys)));
    for (const name of order) {
      expect(await product.reload(name)).toContain('was read again and taken over');
      await agents.underWay();
    }
  };
  const visitor = async () => (await browser.newContext({ baseURL, locale: 'fr-FR' })).newPage();

  const agents = {
    /** One server has the new configuration, the other the old one: what one seals, the other must open. */
    async underWay() {
      const page = await visitor();
      await enter(page);
      await page.context().close();
    },
  };

  const [staying, arriving, leaving] = [await visitor(), await visitor(), await visitor()];
  await logIn(staying);
  await askToLogIn(arriving);
  await logIn(leaving);
  const goOn = await logOutHalfway(leaving, product.issuer);
  await goOn();

  await rotate([product.key, next], ['api', 'playground']);
  await rotate([next, product.key], ['playground', 'api']);

  await answer(arriving, CAMILLE);
  await expect(logoutButton(arriving)).toBeVisible();
  await leaving.getByRole('main').getByRole('link').first().click();
  await leaving.waitForURL('**/logged-out*');
  await expect(message(leaving)).toHaveText(LOGGED_OUT);
  await staying.reload();
  await expect(logoutButton(staying)).toBeVisible();

  await rotate([next], ['api', 'playground']);
  for (const page of [staying, arriving]) {
    await page.reload();
    await expect(logoutButton(page)).toBeVisible();
  }

  // An api that was forgotten seals with a key that no server accepts any more.
  writeFileSync(file, original);
  await product.reload('api');
  const late = await visitor();
  await askToLogIn(late);
  await answer(late, CAMILLE);
  await expect(message(late)).toHaveText(LOGIN_FAILED);
});
