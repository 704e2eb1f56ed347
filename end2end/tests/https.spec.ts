// Behind a proxy that serves https, as in production. This test has no TLS: only the public addresses
// say https, so plain requests to the listeners show what browsers would get.

import { expect, test } from '../support/fixtures';

const playground = 'https://passerelle.example';
const api = 'https://api.passerelle.example';

test.use({
  settings: {
    oauth2: { redirect_uri: `${api}/v1/oauth2/callback`, allowed_domains: ['passerelle.example'] },
    playground: { public_url: playground, api_public_url: api },
  },
});

test('cookies are Secure and bound to the host, and HSTS is on', async ({ request, baseURL, product }) => {
  const page = await request.get('/');
  expect(page.headers()['strict-transport-security']).toMatch(/max-age=\d{7,}/);

  // The header with which the proxy names the host that the browser asked for.
  const asked = (url: string) => ({ maxRedirects: 0, headers: { 'x-forwarded-host': new URL(url).host } });
  const login = await request.get(`${baseURL}/login`, asked(playground));
  const location = new URL(login.headers().location);
  expect(location.origin).toBe(api);
  expect(location.searchParams.get('origin')).toBe(playground);
  const authorize = await request.get(`${product.api}${location.pathname}${location.search}`, asked(api));
  expect(authorize.status()).toBe(302);
  for (const response of [login, authorize]) {
    const cookies = response.headersArray().filter(({ name }) => name.toLowerCase() === 'set-cookie');
    expect(cookies.length).toBeGreaterThan(0);
    for (const { value } of cookies) {
      expect.soft(value).toMatch(/; *Secure/i);
      expect.soft(value).toMatch(/; *HttpOnly/i);
      expect.soft(value).toMatch(/; *SameSite=Lax/i);
    }
  }
  for (const { value } of login.headersArray().filter(({ name }) => name.toLowerCase() === 'set-cookie')) {
    expect.soft(value).toMatch(/^__Host-[^;]+;.*Path=\/(;|$)/i);
  }
});
