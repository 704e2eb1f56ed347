// The journeys of an agent in a real Firefox, driven over WebDriver BiDi: with JavaScript, and without it by keyboard alone.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { launch } from 'puppeteer-core';

import { freePort } from '../support/ports.mjs';
import { encryptionKey, Stack } from '../support/stack.mjs';

const executablePath = process.env.FIREFOX_PATH ?? ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find(existsSync);
const PATIENCE = 15_000;

let stack;
let folder;

before(async () => {
  assert.ok(executablePath, 'Firefox is not installed. Install it: .ci/setup firefox');
  folder = await mkdtemp(join(tmpdir(), 'passerelle-firefox-'));
  const ports = { provider: await freePort(), api: await freePort(), playground: await freePort() };
  stack = await Stack.start({ folder, ports, key: encryptionKey() });
});

after(async () => {
  await stack?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function inFirefox(preferences, journey) {
  const browser = await launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    extraPrefsFirefox: { 'intl.accept_languages': 'fr', 'datareporting.policy.dataSubmissionEnabled': false, ...preferences },
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    await journey(page);
  } finally {
    await browser.close();
  }
}

/** The words of a page, with ordinary spaces. */
const words = (page) => page.evaluate(() => document.body.innerText.replaceAll(/\s+/g, ' '));

async function says(page, text) {
  const until = performance.now() + PATIENCE;
  let last = '';
  while (performance.now() < until) {
    last = await words(page).catch(() => last);
    if (last.includes(text)) return;
    await setTimeout(100);
  }
  assert.fail(`${page.url()} does not say « ${text} »: ${last}`);
}

/** Presses a control with the keyboard. Nothing here needs a script of the page. */
async function press(page, selector) {
  const control = await page.$(selector);
  assert.ok(control, `${selector} is not on ${page.url()}`);
  await control.focus();
  await page.keyboard.press('Enter');
}

async function logIn(page) {
  await page.goto(`${stack.playground}/`);
  await says(page, 'S\'identifier avec ProConnect');
  await press(page, 'a.proconnect-button');
  await says(page, 'Qui êtes-vous ?');
  // The first of the agents is Camille Exemple.
  await press(page, 'button[name=identity]');
  await says(page, 'Se déconnecter');
}

test('an agent logs in, makes a key, tries it, ends it and logs out', { timeout: 120_000 }, async () => {
  await inFirefox({}, async (page) => {
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await logIn(page);
    await page.locator('[data-hydrated]').wait();

    await page.goto(`${stack.playground}/keys?name=Firefox&expires_in=30`);
    assert.equal(await page.$eval('#name', (field) => field.value), 'Firefox');
    await press(page, 'main form .primary');
    await says(page, 'Votre clé est prête.');
    const key = await page.$eval('#new-key', (field) => field.value.trim());
    assert.match(key, /^sk-psl\w{36}$/);
    const me = await fetch(`${stack.api}/v1/me`, { headers: { authorization: `Bearer ${key}` } });
    assert.equal(me.status, 200);

    await page.goto(`${stack.playground}/keys`);
    await says(page, 'n’est plus affichée');
    assert.ok(!(await page.content()).includes(key), 'the key is shown again');

    await page.goto(`${stack.playground}/try`);
    assert.equal(await page.$eval('#key', (field) => field.checkVisibility()), false);
    await page.locator('input[value=key]').click();
    await page.locator('#key').fill(key);
    await press(page, 'main form .primary');
    await says(page, '200 OK');
    assert.ok(!(await page.content()).includes(key));

    await page.goto(`${stack.playground}/keys`);
    await press(page, 'a[href$="/revoke"]');
    await says(page, 'C’est définitif.');
    await press(page, 'main form button');
    await says(page, 'La clé est révoquée');
    const ended = await fetch(`${stack.api}/v1/me`, { headers: { authorization: `Bearer ${key}` } });
    assert.equal(ended.status, 401);

    await page.goto(`${stack.playground}/sessions`);
    await says(page, 'Firefox');
    await page.goto(`${stack.playground}/history`);
    await says(page, 'Clé révoquée');

    await press(page, '.logout button');
    await says(page, 'Vous êtes déconnecté.');
    await page.goBack();
    await setTimeout(500);
    assert.ok(!(await words(page)).includes('Camille'), `${page.url()} still greets after the logout`);
    assert.deepEqual(errors, []);
  });
});

test('without JavaScript an agent logs in and out by keyboard', { timeout: 120_000 }, async () => {
  await inFirefox({ 'javascript.enabled': false }, async (page) => {
    await logIn(page);
    assert.equal(await page.$('[data-hydrated]'), null);
    await page.goto(`${stack.playground}/keys`);
    await page.focus('#name');
    await page.keyboard.type('Sans script');
    await page.keyboard.press('Enter');
    await says(page, 'Votre clé est prête.');
    await page.goto(`${stack.playground}/`);
    await press(page, '.logout button');
    // The page in between goes on by itself; the stand-in of ProConnect sends its form with a script, or at the press of a button.
    await says(page, 'Déconnexion Se déconnecter');
    await press(page, 'button[name=logout]');
    await says(page, 'Vous êtes déconnecté.');
  });
});
