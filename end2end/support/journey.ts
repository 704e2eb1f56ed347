// The steps of an agent through login and logout, as functions for the tests. They find elements by role and accessible name.

import { expect, type Page } from '@playwright/test';

import { identities } from '../provider/identities.mjs';

export const CAMILLE = 'Camille Exemple';

export const loginLink = (page: Page) => page.getByRole('link', { name: /^S.identifier avec\s+ProConnect/ });
export const logoutButton = (page: Page) => page.getByRole('button', { name: /déconnecter/i });
export const message = (page: Page) => page.getByRole('alert').or(page.getByRole('status')).filter({ hasText: /\S/ });

/** Goes from the playground to the provider's choice page. */
export async function askToLogIn(page: Page) {
  await page.goto('/');
  await loginLink(page).click();
  await expect(page.getByRole('heading', { name: 'Qui êtes-vous ?' })).toBeVisible();
}

export const answer = (page: Page, who: string) => page.getByRole('button', { name: who }).click();

/** Logs in and returns the URL, envelope included, with which the browser came back to the playground. */
export async function logIn(page: Page, who = CAMILLE): Promise<string> {
  await askToLogIn(page);
  const landing = page.waitForRequest((request) => new URL(request.url()).searchParams.has('encrypted_token'));
  await answer(page, who);
  await expect(logoutButton(page)).toBeVisible();
  return (await landing).url();
}

/**
 * Goes to the provider's choice page without opening it, with requests that have the cookies of the browser. Tests of something
 * else do this, and `enter`: the pages take most of the time of a login.
 */
export async function begin({ request }: Page) {
  const question = await request.get('/login');
  await expect(question).toBeOK();
  return question;
}

/** Logs in without opening a page, and returns what `logIn` does. */
export async function enter(page: Page, who = CAMILLE): Promise<string> {
  const { request } = page;
  const { id: identity } = identities.find(({ label }) => label.startsWith(who))!;
  const question = await begin(page);
  let answer = await request.post(question.url(), { form: { identity }, maxRedirects: 0 });
  let landing = '';
  for (let next = answer.headers().location; next; next = answer.headers().location) {
    const { href, searchParams } = new URL(next, answer.url());
    if (searchParams.has('encrypted_token')) landing = href;
    answer = await request.get(href, { maxRedirects: 0 });
  }
  expect(await answer.text()).toContain('action="/logout"');
  return landing;
}

export const envelopeOf = (landing: string) => new URL(landing).searchParams.get('encrypted_token')!;

/** Waits until the islands are hydrated. */
export const hydrated = (page: Page) => expect(page.locator('[data-hydrated]').first()).toBeAttached();

export async function logOut(page: Page) {
  await logoutButton(page).click();
  await page.waitForURL('**/logged-out*');
}

/** Logs out up to the page that goes on to ProConnect, and stays there. Returns a function that stops blocking the next visit. */
export async function logOutHalfway(page: Page, issuer: string) {
  const endSession = `${issuer}/session/end?**`;
  // With status 204 the browser does not navigate.
  const held = new Promise<void>((resolve) => {
    void page.route(endSession, (route) => route.fulfill({ status: 204 }).then(resolve));
  });
  await logoutButton(page).click();
  await held;
  return () => page.unroute(endSession);
}

export const LOGGED_OUT = 'Vous êtes déconnecté.';
export const NOT_CONFIRMED = 'Vous êtes déconnecté de cette application, '
  + "mais ProConnect n'a pas confirmé la déconnexion.";
export const LOGIN_FAILED = "La connexion n'a pas pu aboutir. Reconnectez-vous.";
