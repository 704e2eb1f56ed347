// Chromium goes exactly to the origins that the api accepts.

import { expect, test } from '../support/fixtures';
import { allowed, benign, hostile } from '../support/origins';
import { witness } from '../support/witness';

test.use({ settings: { oauth2: { allowed_domains: allowed } }, trace: 'off' });

/** Without port 1, to which no browser connects. */
const accepted = benign().filter(([, origin]) => new URL(origin).port !== '1');

const login = (api: string, origin: string) => `${api}/v1/oauth2/login?origin=${encodeURIComponent(origin)}`;

test('Chromium goes where an accepted origin says, and nowhere else', async ({ browser, product }) => {
  test.setTimeout(90_000);
  const { host: api } = new URL(product.api);
  await witness(async ({ address, next }) => {
    const context = await browser.newContext({ proxy: { server: address, bypass: `<-loopback>,${api}` } });
    const page = await context.newPage();
    for (const [text, expected] of accepted) {
      const authorize = await fetch(login(product.api, text), { redirect: 'manual' });
      expect(authorize.status, text).toBe(302);
      const [, name, value] = /^([^=]+)=([^;]+)/.exec(authorize.headers.getSetCookie()[0])!;
      await context.addCookies([{ name, value, url: product.api }]);
      const callback = new URL('/v1/oauth2/callback?error=access_denied', product.api);
      callback.searchParams.set('state', new URL(authorize.headers.get('location')!).searchParams.get('state')!);

      const destination = next();
      page.goto(callback.href).catch(() => undefined);
      const { protocol, host } = new URL(expected);
      const overTls = host.includes(':') ? host : `${host}:443`;
      expect(await destination, text).toBe(protocol === 'https:' ? overTls : `${expected}/?login_error=access_denied`);
      await page.goto('about:blank');
    }
    const written = accepted.map(([text]) => text);
    const origins = await page.evaluate((texts) => texts.map((text) => new URL(text).origin), written);
    expect(origins).toEqual(accepted.map(([, expected]) => expected));
    await context.close();
  });
  console.log(`figure: ${accepted.length} accepted origins to which Chromium goes as they say`);
});

test('a hostile origin that Chromium accepts as a URL begins no login', async ({ page, product }) => {
  const taken = await page.evaluate((texts) => texts.filter((text) => URL.canParse(text)), hostile());
  // These are the origins that a browser would not stop. With few of them, this test would prove nothing.
  expect(taken.length).toBeGreaterThan(250);
  await Promise.all(taken.map(async (text) => {
    const answer = await fetch(login(product.api, text), { redirect: 'manual' });
    expect.soft(answer.status, JSON.stringify(text)).toBe(400);
    expect.soft(answer.headers.getSetCookie(), JSON.stringify(text)).toEqual([]);
  }));
  console.log(`figure: ${taken.length} hostile origins refused that Chromium takes for URLs`);
});
