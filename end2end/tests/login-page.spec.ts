// The page with the button, before anybody logs in.

import { expect, test } from '../support/fixtures';
import { loginLink } from '../support/journey';

test('the ProConnect button comes first, and the link that explains it comes next', async ({ page }) => {
  await page.goto('/');
  const [first, second] = await page.getByRole('main').getByRole('link').all();
  await expect(first).toHaveAccessibleName(/^S.identifier avec\s+ProConnect$/);
  await expect(first).toHaveAttribute('href', '/login');
  await expect(second).toHaveAccessibleName(/^Qu.est-ce que ProConnect.\?/);
  await expect(second).toHaveAttribute('target', '_blank');
  await expect(second).toHaveAttribute('rel', /noopener/);
  await expect(second).toHaveAttribute('title', /nouvelle fenêtre/);
});

test('the button has the official colours and a text that can be read', async ({ page }) => {
  await page.goto('/');
  await expect(loginLink(page)).toHaveCSS('background-color', 'rgb(0, 0, 145)');
  await expect(loginLink(page)).toHaveCSS('color', 'rgb(255, 255, 255)');
  await loginLink(page).hover();
  await expect(loginLink(page)).toHaveCSS('background-color', 'rgb(18, 18, 255)');
});

test('the page transfers less than 60 KB and sends no request to another server', async ({ page, baseURL }) => {
  const requests: Promise<{ url: string; bytes: number }>[] = [];
  page.on('requestfinished', (request) => {
    requests.push(request.sizes().then(({ responseBodySize, responseHeadersSize }) => ({
      url: request.url(),
      bytes: responseBodySize + responseHeadersSize,
    })));
  });
  await page.goto('/', { waitUntil: 'networkidle' });
  const loaded = await Promise.all(requests);
  expect(loaded.filter(({ url }) => !url.startsWith(baseURL!))).toEqual([]);
  expect(loaded.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(60_000);
});

test('assets are compressed and cached for ever', async ({ page }) => {
  const assets: Record<string, string>[] = [];
  page.on('response', (response) => {
    if (/\.(css|js|wasm)$/.test(new URL(response.url()).pathname)) assets.push(response.headers());
  });
  await page.goto('/', { waitUntil: 'networkidle' });
  expect(assets.length).toBeGreaterThan(0);
  for (const headers of assets) {
    expect(headers['cache-control']).toContain('immutable');
    expect(headers['content-encoding']).toMatch(/^(br|gzip)$/);
  }
});

test('a path that does not exist is a 404 with a page', async ({ page }) => {
  const response = await page.goto('/nowhere');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});
