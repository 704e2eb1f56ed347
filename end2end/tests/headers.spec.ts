// The headers and cookies of every page and redirect.

import type { Page, Response } from '@playwright/test';

import { expect, test } from '../support/fixtures';
import { logIn, logOut } from '../support/journey';

const directives: Record<string, RegExp> = {
  'default-src': /^'none'$/,
  'script-src': /^'self' 'nonce-[A-Za-z0-9+/_-]{16,}={0,2}' 'wasm-unsafe-eval'$/,
  'style-src': /^'self'$/,
  'connect-src': /^'self'$/,
  'img-src': /^'self' data:$/,
  'form-action': /^'self'$/,
  'base-uri': /^'none'$/,
  'frame-ancestors': /^'none'$/,
};

const policyOf = (response: Response) => Object.fromEntries(
  (response.headers()['content-security-policy'] ?? '').split(/;\s*/).filter(Boolean).map((directive) => {
    const [name, ...sources] = directive.split(' ');
    return [name, sources.join(' ')];
  }),
);

/** All documents and redirects of a login and a logout, and of two failures. */
async function journey(page: Page) {
  const responses: Response[] = [];
  page.on('response', (response) => {
    if (response.request().isNavigationRequest()) responses.push(response);
  });
  await page.goto('/nowhere');
  await page.goto('/?encrypted_token=changeme');
  await logIn(page);
  await logOut(page);
  return responses;
}

test('every page and redirect is private, and pages have the strict policy', async ({ page, baseURL, product }) => {
  const responses = await journey(page);
  const ours = responses.filter((response) => response.url().startsWith(`${baseURL}/`));
  expect(ours.length).toBeGreaterThanOrEqual(8);
  for (const response of ours) {
    const headers = response.headers();
    const where = `${response.request().method()} ${response.url().split('?')[0]} ${response.status()}`;
    expect.soft(headers['cache-control'], where).toContain('no-store');
    expect.soft(headers['x-content-type-options'], where).toBe('nosniff');
    const isRedirect = response.status() >= 300 && response.status() < 400;
    // A page's form must send its referrer to our own site; a redirect may come from a URL with an envelope.
    expect.soft(headers['referrer-policy'], where).toBe(isRedirect ? 'no-referrer' : 'same-origin');
    if (isRedirect) continue;
    const policy = policyOf(response);
    expect.soft(Object.keys(policy).sort(), where).toEqual(Object.keys(directives).sort());
    for (const [name, sources] of Object.entries(directives)) {
      expect.soft(policy[name], `${where} ${name}`).toMatch(sources);
    }
  }
  for (const response of responses.filter((candidate) => candidate.url().startsWith(`${product.api}/`))) {
    expect.soft(response.headers()['cache-control']).toContain('no-store');
  }
});

test('a nonce is used once', async ({ page }) => {
  const responses = await journey(page);
  const nonces = responses.map((response) => policyOf(response)['script-src']).filter(Boolean);
  expect(nonces.length).toBeGreaterThan(3);
  expect(new Set(nonces).size).toBe(nonces.length);
});

test('no page breaks its own policy, nor throws', async ({ page, baseURL }) => {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (line) => {
    if (/content security policy|hydrat|wasm/i.test(line.text())) complaints.push(line.text());
  });
  await journey(page);
  await page.goto(baseURL!, { waitUntil: 'networkidle' });
  expect(complaints).toEqual([]);
});

test('scripts and other sites cannot read the cookies', async ({ page, baseURL, product }) => {
  const cookies: string[] = [];
  page.on('response', async (response) => {
    if (![baseURL!, product.api].some((origin) => response.url().startsWith(`${origin}/`))) return;
    for (const { name, value } of await response.headersArray()) {
      if (name.toLowerCase() === 'set-cookie') cookies.push(value);
    }
  });
  await journey(page);
  expect(cookies.length).toBeGreaterThanOrEqual(4);
  for (const cookie of cookies) {
    const [pair, ...attributes] = cookie.split(/;\s*/);
    const [name] = pair.split('=');
    const words = attributes.map((attribute) => attribute.toLowerCase());
    expect.soft(words, name).toContain('httponly');
    expect.soft(words, name).toContain('samesite=lax');
    // Secure needs https, and Domain would share the cookie with every sibling host.
    expect.soft(words.filter((word) => word.startsWith('domain')), name).toEqual([]);
  }
});

test('the token and the envelope appear in no page', async ({ page }) => {
  const landing = await logIn(page);
  const html = await page.content();
  expect(html).not.toContain('sk-');
  expect(html).not.toContain(new URL(landing).searchParams.get('encrypted_token')!.slice(0, 40));
});
