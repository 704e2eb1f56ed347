// One id leads from the browser through the playground and the api to both logs.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from '../support/fixtures';
import { enter } from '../support/journey';

test('the id in an answer of the playground is in the log of both servers', async ({ page, product }) => {
  await enter(page);
  const answer = await page.goto('/keys');
  const id = answer!.headers()['x-request-id'];
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  for (const name of ['playground', 'api']) {
    await expect.poll(() => readFile(join(product.folder, `${name}.log`), 'utf8'), name).toContain(id);
  }
});
