// Every situation in which somebody presses « Se déconnecter », in one table. Four things must be true afterwards: the API token
// is revoked, unless no server can know it any more; the session cookie is deleted; the SSO session has ended, or the page offers
// a way to end it, which does; and the page says only what is true.

import type { BrowserContext, Page } from '@playwright/test';

import { expireTokens, keepBusy, setDisabled } from '../support/accounts';
import { replaceClient, replaceKey } from '../support/configuration';
import { openEnvelope } from '../support/fernet.mjs';
import { expect, type Product, test } from '../support/fixtures';
import {
  askToLogIn, begin, enter, envelopeOf, LOGGED_OUT, logIn, loginLink, logOut, logoutButton, message, NOT_CONFIRMED,
} from '../support/journey';
import { withoutFetchMetadata } from '../support/old-browser.mjs';
import { sessionCookies } from '../support/session';

/** Makes good again what a way did. */
type Undo = () => unknown;

interface Way {
  name: string;
  /** A browser that is not Chromium as it comes. */
  browser?: Parameters<typeof test.use>[0];
  who?: string;
  /** What is so before the login. */
  arrange?: (scene: Scene) => Promise<Undo | void>;
  /** What happens after the login and before the button is pressed. */
  before?: (scene: Scene) => Promise<Undo | void>;
  press?: (scene: Scene) => Promise<void>;
  /** No server can revoke a token that only an unreadable cookie contained: it is valid until it expires. */
  tokenIsLost?: true;
  /**
   * Where it ends: `confirmed`, unless it is said otherwise; `at ProConnect` or the organisation, which sends nobody back;
   * with a warning and a `link` that ends the SSO session, after which the browser comes back; with a warning and a `one-way link`,
   * after which it does not; with a warning and `advice` alone.
   */
  ends?: 'at ProConnect' | 'link' | 'one-way link' | 'advice';
}

interface Scene {
  page: Page;
  context: BrowserContext;
  product: Product;
  token: string;
}

const CLIENT = 'passerelle-es256';

const revoke = ({ product, token, page }: Scene) =>
  page.request.post(`${product.api}/v1/oauth2/revoke`, { form: { token } });

async function spoilCookies({ context, product }: Scene, spoil: (value: string) => string) {
  const names = await sessionCookies(context, product.playground);
  const cookies = (await context.cookies(product.playground)).filter(({ name }) => names.includes(name));
  await context.addCookies(cookies.map((cookie) => ({ ...cookie, value: spoil(cookie.value) })));
}

const WAYS: Way[] = [
  { name: 'the session is alive' },
  {
    name: 'the session has expired',
    before: async ({ page, product }) => {
      const end = Math.ceil(Date.now() / 1_000) + 3;
      expireTokens(product.folder, end);
      // The page is told when its session ends.
      await page.reload();
      await page.waitForTimeout(end * 1_000 - Date.now());
    },
  },
  { name: 'the token was revoked elsewhere', before: async (scene) => void await revoke(scene) },
  {
    name: 'the account was disabled',
    before: async ({ product }) => {
      setDisabled(product.folder, true);
      return () => setDisabled(product.folder, false);
    },
  },
  { name: 'the key was replaced', before: ({ product }) => replaceKey(product, { kept: [] }), tokenIsLost: true },
  {
    name: 'the key was replaced, and the old one still opens',
    before: ({ product }) => replaceKey(product, { kept: [product.key] }),
  },
  {
    name: 'the cookie is cut short',
    before: (scene) => spoilCookies(scene, (value) => value.slice(0, -9)),
    tokenIsLost: true,
  },
  {
    name: 'the cookie was deleted',
    before: ({ context }) => context.clearCookies({ name: /session/ }),
    tokenIsLost: true,
  },
  {
    name: 'another tab logged out before',
    before: async ({ context, product }) => {
      const other = await context.newPage();
      await other.goto(product.playground);
      await logOut(other);
      await other.close();
    },
  },
  {
    name: 'the button is pressed twice',
    press: async ({ page }) => {
      await logoutButton(page).dblclick({ noWaitAfter: true });
      await expect(loginLink(page)).toBeVisible();
    },
  },
  {
    name: 'the tab is closed at once, and the next one tries again',
    press: async ({ page, context, product }) => {
      product.links.api.delay = 500;
      const asked = page.waitForRequest((request) => request.method() === 'POST');
      await logoutButton(page).click({ noWaitAfter: true });
      await asked;
      await page.close();
      product.links.api.delay = 0;
      const next = await context.newPage();
      await next.goto(`${product.playground}/logout`);
      await logOut(next);
    },
  },
  { name: 'the api is slow', before: async ({ product }) => void (product.links.api.delay = 1_000) },
  { name: 'the database is busy', before: ({ product }) => keepBusy(product.folder, 2) },
  {
    name: 'the api is down',
    before: ({ product }) => product.links.api.cut(),
    tokenIsLost: true,
    ends: 'advice',
  },
  { name: 'the provider is down', before: ({ product }) => product.links.provider.cut(), ends: 'link' },
  {
    name: 'the provider is down for servers alone',
    before: async ({ product }) => void (product.links.provider.ofServers = 'refused'),
    ends: 'link',
  },
  {
    name: 'the provider answers no server',
    before: async ({ product }) => void (product.links.provider.ofServers = 'never answered'),
    ends: 'link',
  },
  {
    name: 'the URI to come back to is not registered',
    arrange: ({ product }) => replaceClient(product, CLIENT, 'passerelle-no-way-back'),
    ends: 'one-way link',
  },
  {
    name: 'the api is another client of the provider than at the login',
    before: ({ product }) => replaceClient(product, CLIENT, 'passerelle-json'),
    ends: 'link',
  },
  {
    name: 'the provider would refuse the hint, because its key is no longer published',
    before: async ({ product }) => {
      await product.rotateSigningKeys();
      await product.rotateSigningKeys();
      // Or an hour later: until then it knows the old ones.
      await product.restart('api');
    },
  },
  {
    name: 'the organisation does not send the browser back',
    who: 'Alix Exemple',
    press: async ({ page }) => {
      await logoutButton(page).click();
      await expect(page.getByText('ne renvoie nulle part')).toBeVisible();
    },
    ends: 'at ProConnect',
  },
  {
    name: 'no script runs',
    browser: { javaScriptEnabled: false },
    press: async ({ page }) => {
      await logoutButton(page).click();
      // ProConnect's own logout page needs a script; the stand-in offers this button instead.
      await page.getByRole('button', { name: 'Se déconnecter' }).click();
      await page.waitForURL('**/logged-out*');
    },
  },
  {
    name: 'the browser is old: it sends no Sec-Fetch-Site, and has no WebAssembly',
    browser: {
      proxy: async ({}, use) => {
        await withoutFetchMetadata(({ address }) => use({ server: address, bypass: '<-loopback>' }));
      },
    },
    arrange: async ({ context }) => {
      await context.addInitScript(() => { Reflect.deleteProperty(globalThis, 'WebAssembly'); });
    },
  },
];

/** The page says what is true, and where it can only warn it offers what there is. */
async function checkPage(page: Page, ends: Way['ends']) {
  if (ends === 'at ProConnect') return;
  await expect(message(page)).toHaveText(ends ? NOT_CONFIRMED : LOGGED_OUT);
  await expect(loginLink(page)).toHaveAttribute('href', /^\/login/);
  if (ends === 'advice') await expect(page.getByText(/fermez votre navigateur/)).toBeVisible();
}

/** The SSO session has ended, or ends by the link. */
async function checkSso(page: Page, { ends, browser }: Way) {
  if (ends === 'advice') return;
  if (ends?.endsWith('link')) {
    await page.getByRole('link', { name: /Terminer la déconnexion/ }).click();
    if (ends === 'link') await expect(message(page)).toHaveText(LOGGED_OUT);
    else await expect(page.getByText('Vous êtes bien déconnecté')).toBeVisible();
  }
  if (browser) await askToLogIn(page);
  else expect(await (await begin(page)).text()).toContain('Qui êtes-vous ?');
}

for (const way of WAYS) {
  test.describe(() => {
    test.use(way.browser ?? {});

    test(`when ${way.name}`, async ({ page, context, baseURL, product }) => {
      const scene = { page, context, product, token: '' };
      const undo = [await way.arrange?.(scene)];
      // How such a browser gets in is shown as well.
      const landing = await (way.browser ? logIn : enter)(page, way.who);
      scene.token = openEnvelope(product.key, envelopeOf(landing)).app_token;
      if (!way.browser) await page.goto('/');
      const headers = { authorization: `Bearer ${scene.token}` };
      const me = async () => (await fetch(`${product.api}/v1/me/info`, { headers })).status;
      expect(await me()).toBe(200);

      undo.push(await way.before?.(scene));
      await (way.press ?? (({ page: tab }) => logOut(tab)))(scene);
      const [last] = context.pages().slice(-1);
      await checkPage(last, way.ends);
      expect(await sessionCookies(context, baseURL!)).toEqual([]);
      if (!way.tokenIsLost) await expect.poll(me).toBe(401);

      // Nobody can go to a provider that is down. Where only servers cannot, the browser's visit is enough.
      if (product.links.provider.isCut) await product.links.provider.mend();
      await checkSso(last, way);
      for (const step of undo.reverse()) await step?.();
    });
  });
}
