// The journeys of an agent in a real WebKit, the engine of Safari.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { withoutFetchMetadata } from '../support/old-browser.mjs';
import { freePort } from '../support/ports.mjs';
import { encryptionKey, Stack } from '../support/stack.mjs';
import { isInstallable, isInstalled, WebKit } from './webdriver.mjs';

const options = {
  skip: !isInstalled && !isInstallable && 'WebKit cannot be driven here: its driver and Xvfb are not installed, and there is no apt-get',
  timeout: 60_000,
};

let folder;
let stack;
let webkit;

before(async () => {
  if (options.skip) return;
  assert.ok(isInstalled, 'WebKit\'s driver or Xvfb is not installed. Install them: .ci/setup browser');
  folder = await mkdtemp(join(tmpdir(), 'passerelle-webkit-'));
  const ports = { provider: await freePort(), api: await freePort(), playground: await freePort() };
  stack = await Stack.start({ folder, ports, key: encryptionKey() });
  webkit = await WebKit.start(folder);
});

after(async () => {
  await webkit?.stop();
  await stack?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function logIn(page) {
  await page.go(`${stack.playground}/`);
  // WebKit asks for the language of a locale that this system may not have.
  await page.click('.language button');
  await page.says('S\'identifier avec ProConnect');
  await page.click('a.proconnect-button');
  await page.says('Qui êtes-vous ?');
  // The first of the agents is Camille Exemple.
  await page.click('button[name=identity]');
  await page.says('Se déconnecter');
}

const hydrated = (page) => page.until('document.querySelector("[data-hydrated]") !== null');

test('an agent logs in, makes a key, copies it and logs out', options, async () => {
  await webkit.open(async (page) => {
    await logIn(page);
    await hydrated(page);

    await page.go(`${stack.playground}/keys`);
    await page.type('#name', 'WebKit');
    await page.press('#name');
    await page.says('Votre clé est prête.');
    const key = (await page.run('return document.querySelector("#new-key").value')).trim();
    const ask = () => fetch(`${stack.api}/v1/me`, { headers: { authorization: `Bearer ${key}` } });
    assert.equal((await ask()).status, 200);
    await hydrated(page);
    await page.click('.copy button');
    await page.says('Copié');

    await page.go(`${stack.playground}/sessions`);
    await page.says('Safari');
    await page.click('.logout button');
    await page.says('Vous êtes déconnecté.');
    assert.deepEqual((await page.cookies()).filter(({ name }) => name.includes('session')), []);
    assert.equal((await ask()).status, 200, 'a logout ends no key');

    // The SSO session has ended too.
    await page.click('a.proconnect-button');
    await page.says('Qui êtes-vous ?');
  });
});

test('going back after a logout shows nothing of the account, though WebKit keeps pages of plain http', options, async () => {
  await webkit.open(async (page) => {
    await logIn(page);
    await hydrated(page);
    await page.run('addEventListener("pageshow", ({ persisted }) => { if (persisted) sessionStorage.kept = "yes"; })');
    await page.click('.logout button');
    await page.says('Vous êtes déconnecté.');
    const seen = [];
    for (let step = 0; step < 5 && !seen.includes(`${stack.playground}/`); step += 1) {
      await page.back();
      const url = await page.url();
      if (!url.startsWith(stack.playground)) continue;
      seen.push(url);
      await page.says('S\'identifier avec ProConnect');
      assert.doesNotMatch(await page.words(), /Camille/);
    }
    assert.ok(seen.includes(`${stack.playground}/`), `${seen}`);
    assert.equal(await page.run('return sessionStorage.kept'), 'yes', 'WebKit did not keep the page');
  });
});

test('a browser that sends no Sec-Fetch-Site can log out', options, async () => {
  await withoutFetchMetadata(async ({ address, origins }) => {
    await webkit.open(async (page) => {
      await logIn(page);
      await page.click('.logout button');
      await page.says('Vous êtes déconnecté.');
      assert.ok(origins.includes(stack.playground), `${origins}`);
    }, { proxy: address });
  });
});
