// What the login page weighs on the wire, and when it can be used, in Chromium with an empty cache.

import { chromium } from '@playwright/test';

import { browserOptions } from '../support/browser.mjs';

/** Bytes of bodies and heads as they came, by path. */
export async function measurePage(url) {
  const browser = await chromium.launch(browserOptions);
  try {
    const page = await (await browser.newContext({ locale: 'fr-FR' })).newPage();
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    const paths = new Map();
    const files = [];
    session.on('Network.requestWillBeSent', ({ requestId, request }) => paths.set(requestId, new URL(request.url).pathname));
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      files.push({ path: paths.get(requestId), bytes: encodedDataLength });
    });
    await page.goto(url, { waitUntil: 'domcontentloaded' });
    const button = page.getByRole('link', { name: /ProConnect/ }).first();
    await button.waitFor();
    const usable = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? performance.now());
    await page.waitForLoadState('networkidle');
    return { files, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0), usableMilliseconds: usable };
  } finally {
    await browser.close();
  }
}
