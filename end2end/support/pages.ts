// Every page that people meet, and the way to it.

import type { Page } from '@playwright/test';

import type { Product } from './fixtures';
import { hydrated, logIn, logOut, logOutHalfway } from './journey';

type Visit = (page: Page, product: Product) => Promise<unknown>;

export const pages: Record<string, Visit> = {
  login: (page) => page.goto('/'),

  'login failed': (page) => page.goto('/?encrypted_token=changeme'),

  account: async (page) => {
    await logIn(page, 'Zoë-Łucja');
    await hydrated(page);
  },

  'logging out': async (page, { issuer }) => {
    await logIn(page);
    await logOutHalfway(page, issuer);
  },

  'logged out': async (page) => {
    await logIn(page);
    await logOut(page);
  },

  'logout not confirmed': async (page, { links }) => {
    await logIn(page);
    await links.api.cut();
    await logOut(page);
  },

  unavailable: async (page, { links }) => {
    await logIn(page);
    await links.api.cut();
    await page.reload();
    await hydrated(page);
  },

  'not found': (page) => page.goto('/nowhere'),

  'login expired': (page, { api }) => page.goto(`${api}/v1/oauth2/callback?state=${'s'.repeat(43)}&code=unknown`),
};
