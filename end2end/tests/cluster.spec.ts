// Two of each server behind nginx, on PostgreSQL: each request goes to the other one than the request before.

import { expect, test as base } from '@playwright/test';

import { Cluster } from '../cluster/cluster.mjs';
import { LOGGED_OUT, logIn, logOut, logoutButton, message } from '../support/journey';
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

test('an agent logs in and out, whoever answers', async ({ page, cluster }) => {
  await logIn(page);
  await page.reload();
  await expect(logoutButton(page)).toBeVisible();
  await logOut(page);
  await expect(message(page)).toHaveText(LOGGED_OUT);

  // One after the other, and each by another replica than the one before.
  const requests = cluster.hops('api');
  expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /v1/oauth2/login',
    'GET /v1/oauth2/callback',
    'GET /v1/me/info',
    'GET /v1/me/info',
    'POST /v1/oauth2/logout',
  ]);
  const apis = requests.map(({ asked }) => asked.join());
  expect(new Set(apis.slice(0, 2)).size).toBe(2);
  expect(apis).toEqual(apis.map((_replica, index) => apis[index % 2]));

  // Between the pages a browser fetches their files, in no certain order.
  const pages = cluster.hops('playground').filter(({ path }) => !path.startsWith('/pkg/'));
  expect(new Set(pages.map(({ asked }) => asked.join())).size).toBe(2);
});
