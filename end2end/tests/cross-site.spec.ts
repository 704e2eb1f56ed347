// Other sites cannot log anybody out.

import { elsewhere } from '../support/elsewhere';
import { expect, test } from '../support/fixtures';
import { enter, logoutButton } from '../support/journey';

// Another site, and another origin of our own site: the browser sends our cookies with requests from the second.
for (const host of ['127.0.0.1', 'localhost']) {
  test(`a form on ${host} that posts to /logout is refused`, async ({ page, baseURL }) => {
    await enter(page);
    const form = `<form method="post" action="${baseURL}/logout"><button>Gagnez un prix</button></form>`;
    await elsewhere(host, form, async (url) => {
      await page.goto(url);
      const answer = page.waitForResponse(`${baseURL}/logout`);
      await page.getByRole('button').click();
      expect((await answer).status()).toBe(403);
    });
    await page.goto('/');
    await expect(logoutButton(page)).toBeVisible();
  });
}

test('a frame on another site shows nothing', async ({ page, baseURL }) => {
  await elsewhere('127.0.0.1', `<iframe src="${baseURL}/"></iframe>`, async (url) => {
    await page.goto(url, { waitUntil: 'networkidle' });
    await expect.poll(() => page.frames()[1].url()).toBe('chrome-error://chromewebdata/');
  });
});
