// After a login the browser returns to the page where it began, and never to another site.

import { expect, test } from '../support/fixtures';
import { answer, CAMILLE } from '../support/journey';

const arrivals = {
  '/a/page-of-ours': '/a/page-of-ours',
  '/keys?name=Import+de+nuit&expires_in=30': '/keys?name=Import+de+nuit&expires_in=30',
  '/keys?name=//evil.example': '/keys',
  '/?encrypted_token=x': '/',
  '//evil.example': '/',
  '/\\evil.example': '/',
  'https://evil.example/': '/',
  'javascript:alert(1)': '/',
  '/logout': '/',
};

for (const [asked, reached] of Object.entries(arrivals)) {
  test(`a login asked to return to ${asked} ends on ${reached}`, async ({ page, baseURL }) => {
    await page.goto(`/login?${new URLSearchParams({ return_to: asked })}`);
    await answer(page, CAMILLE);
    await expect(page).toHaveURL(`${baseURL}${reached}`);
  });
}
