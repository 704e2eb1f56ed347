// Part of `make bench`: how many bytes the two pages transfer, and when they can be used, in Chromium, on loopback: these
// times do not include a real network. Cold is a browser's first visit; warm is the next one.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { chromium } from '@playwright/test';

import { identities } from '../provider/identities.mjs';
import { browserOptions } from '../support/browser.mjs';
import { median } from './requests.mjs';

const ROUNDS = 5;
const KIB = 1024;
const ENCODINGS = { raw: '', gzip: '.gz', brotli: '.br' };

/** Runs in the page: notes when a click at the login link's position would reach it, and when the island is hydrated. */
function watch() {
  const noted = {};
  window.noted = noted;
  const look = () => {
    const link = document.querySelector('a[href="/login"]');
    if (link && noted.pressable === undefined) {
      const { x, y, width, height } = link.getBoundingClientRect();
      if (link.contains(document.elementFromPoint(x + width / 2, y + height / 2))) noted.pressable = performance.now();
    }
    if (document.querySelector('[data-hydrated]')) noted.hydrated ??= performance.now();
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
  const eachFrame = () => {
    look();
    requestAnimationFrame(eachFrame);
  };
  requestAnimationFrame(eachFrame);
}

/** The bytes of heads and bodies as received, and the times that `watch` noted. */
async function visit(page, url, wanted) {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const cached = new Set();
  const received = new Map();
  let documentId;
  session.on('Network.requestServedFromCache', ({ requestId }) => cached.add(requestId));
  session.on('Network.responseReceived', ({ requestId, response, type }) => {
    if (response.fromDiskCache) cached.add(requestId);
    if (type === 'Document') documentId = requestId;
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    received.set(requestId, encodedDataLength);
  });
  await page.goto(url);
  await page.waitForFunction((name) => window.noted[name] !== undefined, wanted);
  await page.waitForLoadState('networkidle');
  await session.detach();
  for (const requestId of cached) received.delete(requestId);
  const bytes = [...received.values()].reduce((sum, length) => sum + length, 0);
  return {
    requests: received.size,
    bytes,
    others: bytes - received.get(documentId),
    ...await page.evaluate((name) => ({
      firstByte: performance.getEntriesByType('navigation')[0].responseStart,
      ready: window.noted[name],
      blockingScript: performance.getEntriesByType('resource')
        .filter(({ initiatorType }) => initiatorType === 'script')
        .filter(({ renderBlockingStatus }) => renderBlockingStatus === 'blocking')
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    }), wanted),
  };
}

async function visits(browser, url, { wanted, storageState }) {
  const context = await browser.newContext({ locale: 'fr-FR', storageState });
  await context.addInitScript(watch);
  const page = await context.newPage();
  const cold = await visit(page, url, wanted);
  await page.goto('about:blank');
  const warm = await visit(page, url, wanted);
  await context.close();
  return { cold, warm };
}

/** The cookies of an agent who has logged in. */
async function loggedIn(browser, url) {
  const context = await browser.newContext({ locale: 'fr-FR' });
  const page = await context.newPage();
  await page.goto(`${url}/login`);
  await page.getByRole('button', { name: identities[0].label }).click();
  await page.locator('[data-hydrated]').waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

function record(report, rounds, what) {
  for (const temperature of ['cold', 'warm']) {
    const middle = (name) => median(rounds.map((round) => round[temperature][name]));
    const isCold = temperature === 'cold';
    report.add(`${temperature}: requests`, middle('requests'), '', isCold ? 5 : undefined);
    report.add(`${temperature}: on the wire`, middle('bytes') / KIB, 'KiB', isCold ? 60 : undefined);
    // The browser never stores the page itself, so it fetches it each time.
    if (!isCold) report.add(`${temperature}: on the wire besides the page`, middle('others') / KIB, 'KiB', 1);
    report.add(`${temperature}: script that blocks`, middle('blockingScript') / KIB, 'KiB', 0);
    report.add(`${temperature}: first byte after`, middle('firstByte'), 'ms');
    report.add(`${temperature}: ${what} after`, middle('ready'), 'ms');
  }
}

export async function measurePages(report, { playground }) {
  const browser = await chromium.launch(browserOptions);
  try {
    const storageState = await loggedIn(browser, playground);
    const pages = [
      ['Login page in Chromium', { wanted: 'pressable' }, 'button can be pressed'],
      ['Account page in Chromium', { wanted: 'hydrated', storageState }, 'island hydrated'],
    ];
    for (const [title, options, what] of pages) {
      report.section(title);
      const rounds = [];
      for (let round = 0; round < ROUNDS; round += 1) rounds.push(await visits(browser, `${playground}/`, options));
      record(report, rounds, what);
    }
  } finally {
    await browser.close();
  }
}

/** Every file that pages link to, as built. */
export function measureFiles(report, site) {
  report.section('Files');
  const folder = join(site, 'pkg');
  for (const name of readdirSync(folder).filter((file) => /\.(css|js|wasm)$/.test(file)).sort()) {
    const kind = name.split('.').at(-1);
    for (const [encoding, suffix] of Object.entries(ENCODINGS)) {
      const budget = kind === 'css' && encoding === 'brotli' ? 8 : undefined;
      report.add(`${kind}, ${encoding}`, statSync(join(folder, name + suffix)).size / KIB, 'KiB', budget);
    }
  }
}
