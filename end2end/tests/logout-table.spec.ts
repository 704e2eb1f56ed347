// Every situation in which somebody presses « Se déconnecter », in one table. Four things must be true afterwards: the API token
// is revoked, unless no server can know it any more; the session cookie is deleted; the SSO session has ended, or the page offers
// a way to end it; and the page says only what is true.

import type { BrowserContext, Page } from '@playwright/test';

import { setDisabled } from '../support/accounts';
import { expect, type Product, test } from '../support/fixtures';
import { openEnvelope } from '../support/fernet.mjs';
import {
  askToLogIn, envelopeOf, LOGGED_OUT, logIn, loginLink, logOut, logoutButton, message, NOT_CONFIRMED,
} from '../support/journey';
import { sessionCookies } from '../support/session';

interface Way {
  name: string;
  /** What happens after the login and before the button is pressed. */
  before?: (scene: Scene) => Promise<void>;
  press?: (scene: Scene) => Promise<void>;
  after?: (scene: Scene) => Promise<void>;
  /** No server can revoke a token that only an unreadable cookie contained: it is valid until it expires. */
  tokenIsLost?: true;
  /** The SSO session may still exist: the page warns, and says how to end it. */
  isUnconfirmed?: true;
}

interface Scene {
  page: Page;
  context: BrowserContext;
  product: Product;
  token: string;
}

const revoke = ({ product, token, page }: Scene) =>
  page.request.post(`${product.api}/v1/oauth2/revoke`, { form: { token } });

async function spoilCookies({ context, product }: Scene, spoil: (value: string) => string) {
  const names = await sessionCookies(context, product.playground);
  const cookies = (await context.cookies(product.playground)).filter(({ name }) => names.includes(name));
  await context.addCookies(cookies.map((cookie) => ({ ...cookie, value: spoil(cookie.value) })));
}

const WAYS: Way[] = [
  { name: 'the session is alive' },
  { name: 'the token was revoked elsewhere', before: async (scene) => void await revoke(scene) },
  {
    name: 'the account was disabled',
    before: async ({ product }) => setDisabled(product.folder, true),
    after: async ({ product }) => setDisabled(product.folder, false),
  },
  {
    name: 'the cookie is cut short',
    before: (scene) => spoilCookies(scene, (value) => value.slice(0, -9)),
    tokenIsLost: true,
  },
  {
    name: 'the cookie is of an older key',
    before: (scene) => spoilCookies(scene, (value) => value.replace(/.{20}$/, 'A'.repeat(20))),
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
  {
    name: 'the api is down',
    before: ({ product }) => product.links.api.cut(),
    after: ({ product }) => product.links.api.mend(),
    tokenIsLost: true,
    isUnconfirmed: true,
  },
  {
    name: 'the provider is down',
    before: ({ product }) => product.links.provider.cut(),
    after: ({ product }) => product.links.provider.mend(),
    isUnconfirmed: true,
  },
];

for (const way of WAYS) {
  test(`when ${way.name}`, async ({ page, context, request, baseURL, product }) => {
    const { app_token: token } = openEnvelope(product.key, envelopeOf(await logIn(page)));
    const scene = { page, context, product, token };
    await way.before?.(scene);
    try {
      await (way.press ?? (({ page: tab }) => logOut(tab)))(scene);
    } finally {
      product.links.api.delay = 0;
    }
    const [last] = context.pages().slice(-1);

    await expect(message(last)).toHaveText(way.isUnconfirmed ? NOT_CONFIRMED : LOGGED_OUT);
    await expect(loginLink(last)).toBeVisible();
    expect(await sessionCookies(context, baseURL!)).toEqual([]);
    await way.after?.(scene);
    if (!way.tokenIsLost) {
      const bearer = { authorization: `Bearer ${token}` };
      await expect(async () => {
        expect((await request.get(`${product.api}/v1/me/info`, { headers: bearer })).status()).toBe(401);
      }).toPass({ timeout: 5_000 });
    }
    if (way.isUnconfirmed) {
      const wayOut = last.getByRole('link', { name: /Terminer la déconnexion/ });
      await expect(wayOut.or(last.getByText(/fermez votre navigateur/))).toBeVisible();
    } else {
      await askToLogIn(last);
    }
  });
}
