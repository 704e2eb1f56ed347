// Two of each server behind nginx, on PostgreSQL: each request goes to the other replica than the request before it.

import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test as base } from '@playwright/test';

import { Cluster, replicas, site } from '../cluster/cluster.mjs';
import { identities } from '../provider/identities.mjs';
import {
  answer, askToLogIn, CAMILLE, LOGGED_OUT, logIn, loginLink, logOut, logoutButton, message,
} from '../support/journey';
import { freePort } from '../support/ports.mjs';

const test = base.extend<object, { cluster: Cluster }>({
  cluster: [async ({}, use) => {
    const cluster = await Cluster.start({
      provider: await freePort(), api: await freePort(), playground: await freePort(),
    });
    await use(cluster);
    await cluster.stop();
  }, { scope: 'worker', timeout: 60_000 }],
  baseURL: ({ cluster }, use) => use(cluster.playground),
});

// One cluster for all tests of this file.
test.describe.configure({ mode: 'default' });

test('an agent logs in and out, whichever replica answers', async ({ page, cluster }) => {
  await logIn(page);
  await page.reload();
  await expect(logoutButton(page)).toBeVisible();
  await logOut(page);
  await expect(message(page)).toHaveText(LOGGED_OUT);

  // The account page asks for the keys as well as for the person, in no fixed order.
  const all = cluster.hops('api');
  const requests = all.filter(({ path }) => path !== '/v1/keys');
  expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /v1/oauth2/login',
    'GET /v1/oauth2/callback',
    'GET /v1/me/info',
    'GET /v1/me/info',
    'POST /v1/oauth2/logout',
  ]);
  const apis = all.map(({ asked }) => asked.join());
  expect(new Set(apis.slice(0, 2)).size).toBe(2);
  expect(new Set(apis.slice(2)).size).toBe(2);

  // Between the pages a browser fetches their files, in no fixed order.
  const pages = cluster.hops('playground').filter(({ path }) => !path.startsWith('/pkg/'));
  expect(new Set(pages.map(({ asked }) => asked.join())).size).toBe(2);
});

test('a callback that a replica refuses goes to the other one', async ({ page, cluster }) => {
  await askToLogIn(page);
  const [alive] = cluster.hops('api').at(-1)!.asked;
  const dead = cluster.addressOf('api-1') === alive ? 'api-2' : 'api-1';
  await cluster.kill(dead);
  await answer(page, CAMILLE);
  await expect(logoutButton(page)).toBeVisible();
  await cluster.start(dead);
  const callback = cluster.hops('api').findLast(({ path }) => path.endsWith('/callback'))!;
  expect(callback.asked).toEqual([cluster.addressOf(dead), alive]);
});

test('a callback that a killed replica had received is not sent again, and the page says so', async ({ page, cluster, baseURL }) => {
  await askToLogIn(page);
  const apis = replicas.filter((name) => name.startsWith('api'));
  // The kernel accepts the callback for the stopped replicas, but they never answer it.
  for (const name of apis) cluster.signal(name, 'SIGSTOP');
  const sent = page.waitForRequest((request) => new URL(request.url()).pathname.endsWith('/callback'));
  const answered = answer(page, CAMILLE);
  await sent;
  await page.waitForTimeout(500);
  for (const name of apis) await cluster.kill(name);
  await answered;
  await expect(page).toHaveURL(`${baseURL}/`);
  await expect(message(page)).toHaveText(/Réessayez/);
  const callback = cluster.hops('api').at(-1)!;
  expect(callback).toMatchObject({ path: '/v1/oauth2/callback', status: 303 });
  expect(callback.asked).toHaveLength(1);

  for (const name of apis) await cluster.start(name);
  await expect(async () => {
    await loginLink(page).click();
    await expect(logoutButton(page)).toBeVisible({ timeout: 1_000 });
  }).toPass();
});

test('a callback that comes twice, once to each replica, says so, and one click logs in', async ({ page, cluster, baseURL }) => {
  await askToLogIn(page);
  const next = async (url: string, form?: Record<string, string>) => {
    const answer = await page.request.fetch(url, { method: form ? 'POST' : 'GET', form, maxRedirects: 0 });
    return new URL(answer.headers().location, url).href;
  };
  let url = await next(page.url(), { identity: identities[0].id });
  while (!url.startsWith(`${cluster.api}/v1/oauth2/callback`)) url = await next(url);
  // The test before this one killed both, and nginx passes over one that was killed for a while.
  await expect(async () => {
    for (let asked = 0; asked < 2; asked += 1) await fetch(`${cluster.api}/health/live`);
    expect(new Set(cluster.hops('api').slice(-2).map(({ asked }) => asked.join())).size).toBe(2);
  }).toPass();
  // The browser gave up the first one: nobody sees its answer, cookies included.
  const cookie = (await page.context().cookies(url)).map(({ name, value }) => `${name}=${value}`).join('; ');
  const first = await fetch(url, { headers: { cookie }, redirect: 'manual' });
  expect(first.headers.get('location')).toContain('encrypted_token=');

  await page.goto(url);
  const [one, other] = cluster.hops('api').slice(-2);
  expect([one.path, other.path]).toEqual(['/v1/oauth2/callback', '/v1/oauth2/callback']);
  expect(one.asked).not.toEqual(other.asked);
  await expect(page).toHaveURL(`${baseURL}/`);
  await expect(message(page)).toHaveText('Votre demande de connexion a expiré ou a déjà servi. Recommencez.');
  await loginLink(page).click();
  await expect(logoutButton(page)).toBeVisible();
});

test('while two versions run side by side, each page gets the files of its own version', async ({ page, cluster }) => {
  const newer = join(cluster.folder, 'newer');
  cpSync(site, newer, { recursive: true });
  const hashes = readFileSync(join(newer, 'hash.txt'), 'utf8');
  const [, css] = /^css: (\S+)$/m.exec(hashes)!;
  for (const suffix of ['', '.br', '.gz']) {
    renameSync(join(newer, `pkg/playground.${css}.css${suffix}`), join(newer, `pkg/playground.anotherVersion.css${suffix}`));
  }
  writeFileSync(join(newer, 'hash.txt'), hashes.replace(css, 'anotherVersion'));
  cluster.sites['playground-2'] = newer;
  await cluster.terminate('playground-2');
  await cluster.start('playground-2');

  const linked = new Set<string>();
  const missing: string[] = [];
  page.on('response', (response) => {
    if (response.status() !== 200) missing.push(`${response.status()} ${response.url()}`);
  });
  for (let visit = 0; visit < 8; visit += 1) {
    // Without a cache, so that every visit asks for the files.
    await (await page.context().newCDPSession(page)).send('Network.setCacheDisabled', { cacheDisabled: true });
    await page.goto('/');
    await expect(loginLink(page)).toBeVisible();
    linked.add((await page.locator('link[rel=stylesheet]').getAttribute('href'))!);
  }
  expect([...linked].sort()).toEqual([`/pkg/playground.${css}.css`, '/pkg/playground.anotherVersion.css'].sort());
  expect(missing).toEqual([]);
  const files = cluster.hops('playground').filter(({ path }) => path.startsWith('/pkg/'));
  expect(files.some(({ asked }) => asked.length === 2), 'no file was asked from the other version').toBe(true);
  // What neither has is asked from both, and refused.
  expect((await page.request.get('/pkg/playground.nobody.css')).status()).toBe(404);
});
