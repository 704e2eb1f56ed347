// Every page of the product, with the steps that lead to it. The tests of accessibility and `make screenshots` visit them all.

import type { Page } from '@playwright/test';

import type { Product } from './fixtures';
import { enter, hydrated, logOut, logOutHalfway } from './journey';
import { createKey } from './keys';

/** Nobody else logs in as this person often, so the list of sessions is as long as somebody's. */
const DOMINIQUE = 'Dominique Exemple';

type Visit = (page: Page, product: Product) => Promise<unknown>;

const twoSessions: Visit = async (page, product) => {
  const other = await page.context().browser()!.newContext({ baseURL: product.playground, locale: 'fr-FR' });
  await enter(await other.newPage(), DOMINIQUE);
  await other.close();
  await enter(page, DOMINIQUE);
  await page.goto('/sessions');
};

export const pages: Record<string, Visit> = {
  login: (page) => page.goto('/'),

  'login failed': (page) => page.goto('/?encrypted_token=changeme'),

  account: async (page) => {
    await enter(page, 'Zoë-Łucja');
    await page.goto('/');
    await hydrated(page);
  },

  'logging out': async (page, { issuer }) => {
    await enter(page);
    await page.goto('/');
    await logOutHalfway(page, issuer);
  },

  'logged out': async (page) => {
    await enter(page);
    await page.goto('/');
    await logOut(page);
  },

  'logout not confirmed': async (page, { links }) => {
    await enter(page);
    await page.goto('/');
    await links.api.cut();
    await logOut(page);
  },

  unavailable: async (page, { links }) => {
    await enter(page);
    await page.goto('/');
    await links.api.cut();
    await page.reload();
    await hydrated(page);
  },

  'keys, none yet': async (page) => {
    await enter(page);
    await page.goto('/keys');
    await hydrated(page);
  },

  keys: async (page) => {
    await enter(page);
    await createKey(page, 'Import de nuit');
    await createKey(page, 'Tableau de bord du service des statistiques et de la prospective', '30');
    await createKey(page, 'אבג – clé en deux sens', '365');
    await page.goto('/keys');
    await page.getByRole('row', { name: 'Import' }).first().getByRole('link', { name: /Révoquer/ }).click();
    await page.getByRole('button', { name: 'Révoquer la clé' }).click();
    await page.goto('/keys');
  },

  'keys, refused': async (page) => {
    await enter(page);
    await page.goto('/keys');
    await page.getByLabel('Nom de la clé').fill('x'.repeat(81));
    await page.getByRole('button', { name: 'Créer une clé' }).click();
    await page.getByRole('alert').waitFor();
  },

  'keys, no end': async (page) => {
    await enter(page);
    await page.goto('/keys?name=Tutoriel&expires_in=3');
    await page.getByLabel('Dernier jour').fill('2040-01-01');
    await page.getByRole('button', { name: 'Créer une clé' }).click();
    await page.getByRole('alert').waitFor();
  },

  'new key': async (page) => {
    await enter(page);
    await createKey(page, 'Import de nuit');
    await page.getByRole('button', { name: 'Copier' }).first().waitFor();
  },

  history: async (page) => {
    await enter(page);
    await createKey(page, 'Import de nuit');
    await page.goto('/history');
  },

  try: async (page) => {
    await enter(page);
    await page.goto('/try');
    await hydrated(page);
  },

  'try, answered': async (page) => {
    await enter(page);
    await page.goto('/try');
    await page.getByRole('button', { name: 'Envoyer la requête' }).click();
    await page.getByText('En-têtes').click();
  },

  'try, refused': async (page) => {
    await enter(page);
    await page.goto('/try');
    await page.getByLabel('Une clé d’API').check();
    await page.getByLabel('Clé', { exact: true }).fill('sk-psl0000');
    await page.getByRole('button', { name: 'Envoyer la requête' }).click();
    await page.getByRole('heading', { name: 'La réponse' }).waitFor();
  },

  'try, no key': async (page) => {
    await enter(page);
    await page.goto('/try');
    await page.getByLabel('Une clé d’API').check();
    await page.getByRole('button', { name: 'Envoyer la requête' }).click();
    await page.getByRole('alert').waitFor();
  },

  'no access': (page) => page.goto('/?login_error=access_refused&reason=email_domain'),

  'rename key': async (page) => {
    await enter(page);
    await createKey(page, 'Import de nuit');
    await page.goto('/keys');
    await page.getByRole('link', { name: /Renommer/ }).first().click();
  },

  'replace key': async (page) => {
    await enter(page);
    await createKey(page, 'Import de nuit');
    await page.goto('/keys');
    await page.getByRole('link', { name: /^Remplacer/ }).last().click();
  },

  'revoke key': async (page) => {
    await enter(page);
    await createKey(page, 'Import de nuit');
    await page.goto('/keys');
    await page.getByRole('link', { name: /Révoquer/ }).first().click();
  },

  'keys without session': (page) => page.goto('/keys'),

  sessions: twoSessions,

  'end session': async (page, product) => {
    await twoSessions(page, product);
    await page.getByRole('link', { name: /^Fermer/ }).first().click();
  },

  'end other sessions': async (page) => {
    await enter(page);
    await page.goto('/sessions/end');
  },

  'not found': (page) => page.goto('/nowhere'),

  'login expired': (page, { api }) => page.goto(`${api}/v1/oauth2/callback?state=${'s'.repeat(43)}&code=unknown`),
};
