// Every link leads to a file, and every English page of an operator has its French twin.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from '../support/stack.mjs';
import { blocks, files, headings, links, read, spans } from './markdown.mjs';

/** The pages of docs/en and their twins in docs/fr. */
const IN_FOLDERS = {
  'README.md': 'README.md',
  'register.md': 'inscrire.md',
  'first-login.md': 'premiere-connexion.md',
  'rotate-keys.md': 'changer-les-cles.md',
  'upgrade.md': 'mettre-a-jour.md',
  'back-up.md': 'sauvegarder.md',
  'observe.md': 'observer.md',
  'scale.md': 'repartir.md',
  'protect.md': 'proteger.md',
};
const TWINS = [
  ...Object.entries(IN_FOLDERS).map(([english, french]) => [`docs/en/${english}`, `docs/fr/${french}`]),
  ['README.md', 'docs/fr/presentation.md'],
  ['docs/access.md', 'docs/fr/acces.md'],
  ['docs/api.md', 'docs/fr/api.md'],
  ['docs/cluster.md', 'docs/fr/plusieurs-machines.md'],
  ['docs/observe.md', 'docs/fr/metriques.md'],
  ['docs/proxies/README.md', 'docs/fr/proxies.md'],
  ['docs/operating.md', 'docs/fr/gerer.md'],
  ['docs/diagnose.md', 'docs/fr/diagnostiquer.md'],
  ['docs/from-opengatellm.md', 'docs/depuis-opengatellm.md'],
  ['docs/install.md', 'docs/installer.md'],
  ['docs/personal-data.md', 'docs/donnees-personnelles.md'],
];

/** What French pages call what everybody has of their own. */
const OWN = {
  ADRESSE: 'ADDRESS',
  FICHIER: 'FILE',
  HÔTE: 'HOST',
  ancienne: 'old',
  nouvelle: 'new',
  'donne-par-proconnect': 'what-proconnect-gave',
  'origine de': 'origin of',
};
const withEnglishNames = (code) => Object.entries(OWN).reduce((text, [french, english]) => text.replaceAll(french, english), code);

test('every link leads to a file', () => {
  const broken = files().flatMap((file) => links(file)
    .filter((target) => !existsSync(join(root, target)))
    .map((target) => `${file}: ${target}`));
  assert.deepEqual(broken, []);
});

test('every page of a folder has its twin in the other', () => {
  const pages = (folder) => readdirSync(join(root, 'docs', folder)).sort();
  assert.deepEqual(pages('en'), Object.keys(IN_FOLDERS).sort());
  assert.deepEqual(pages('fr'), TWINS.map(([, french]) => french).filter((name) => name.startsWith('docs/fr/'))
    .map((name) => name.slice('docs/fr/'.length)).sort());
});

for (const [english, french] of TWINS) {
  test(`${french} has the headings of ${english}, and as many rows, blocks and items`, () => {
    const count = (file, pattern) => (read(file).match(pattern) ?? []).length;
    assert.deepEqual(headings(french), headings(english));
    assert.ok(links(french).includes(english) && links(english).includes(french), 'they do not lead to each other');
    for (const pattern of [/^ *```/gm, /^\|/gm, /^(- |\d+\. )/gm]) {
      assert.equal(count(french, pattern), count(english, pattern), `${pattern}`);
    }
  });
}

for (const [english, french] of TWINS) {
  test(`${french} has the code of ${english}: the same names, commands and blocks, but for comments`, () => {
    assert.deepEqual(spans(french).map(withEnglishNames).sort(), spans(english).sort());
    const code = (file) => blocks(file).map(({ language, text }) => `${language}: ${text.replace(/ *# .*$/gm, '')}`);
    assert.deepEqual(code(french).map(withEnglishNames), code(english));
  });
}

test('a French page leads to French pages where there are some', () => {
  const twins = new Map(TWINS);
  const foreign = TWINS.flatMap(([english, french]) => links(french)
    .filter((target) => target !== english && twins.has(target))
    .map((target) => `${french}: ${target}, and not ${twins.get(target)}`));
  assert.deepEqual(foreign, []);
});

test('French pages have French spaces and apostrophes', () => {
  for (const [, french] of TWINS) {
    const text = read(french).replace(/^ *```[\s\S]*?^ *```$|`[^`\n]*`|\]\([^)]*\)/gm, '');
    const wrong = text.split('\n').filter((line) => /'| [?!;:»]|« /.test(line));
    assert.deepEqual(wrong, [], french);
  }
});
