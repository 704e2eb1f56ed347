// Two of each server behind nginx, on PostgreSQL: each request goes to the other replica than the request before it.

import { expect, test as base } from '@playwright/test';

import { Cluster, replicas } from '../cluster/cluster.mjs';
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
  const requests = cluster.hops('api').filter(({ path }) => path !== '/v1/keys');
  expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /v1/oauth2/login',
    'GET /v1/oauth2/callback',
    'GET /v1/me/info',
    'GET /v1/me/info',
    'POST /v1/oauth2/logout',
  ]);
  const apis = requests.map(({ asked }) => asked.join());
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
