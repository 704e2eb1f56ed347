// Every line that a server logs, from INFO on, is explained in both languages.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { root } from '../support/stack.mjs';
import { read } from './markdown.mjs';

const SHORTEST = 8;

/** The source files of the servers, each up to its unit tests. */
function sources() {
  const crates = ['accounts', 'api', 'oidc', 'playground', 'service'].map((name) => join(root, 'crates', name, 'src'));
  const names = crates.flatMap((crate) => readdirSync(crate, { recursive: true })
    .filter((name) => name.endsWith('.rs')).map((name) => join(crate, name)));
  return names.map((name) => readFileSync(name, 'utf8').split(/#\[cfg\(test\)\]\n(?:pub\(crate\) )?mod /)[0]);
}

/** What stands between a parenthesis and the one that closes it. */
function argumentsFrom(source, start) {
  let depth = 1;
  let end = start;
  while (depth > 0) {
    if (source[end] === '(') depth += 1;
    if (source[end] === ')') depth -= 1;
    end += 1;
  }
  return source.slice(start, end - 1);
}

/** The messages of the calls that log; a value in braces ends what is fixed of one. */
function messages() {
  const calls = sources().flatMap((source) => [...source.matchAll(/tracing::(?:error|warn|info)!\(/g)]
    .map((match) => argumentsFrom(source, match.index + match[0].length)));
  const texts = calls.map((call) => [...call.matchAll(/"((?:[^"\\]|\\[\s\S])*)"/g)].at(-1)?.[1] ?? '');
  const plain = texts.map((text) => text.replace(/\\\s+/g, '').replaceAll('\\"', '"').split('{')[0]);
  return [...new Set(plain.filter(Boolean))];
}

for (const page of ['docs/diagnose.md', 'docs/fr/diagnostiquer.md']) {
  test(`${page} explains every line of the log`, () => {
    const explained = [...read(page).matchAll(/`([^`\n]+)`/g)].map(([, span]) => span)
      .filter((span) => span.length >= SHORTEST);
    const all = messages();
    assert.ok(all.length > 60, `${all.length} messages were found`);
    assert.deepEqual(all.filter((message) => !explained.some((span) => message.startsWith(span))), []);
  });

  test(`${page} explains no line that no server logs`, () => {
    const rows = read(page).split(/^### /m).slice(1).join('\n').split('\n## ')[0].split('\n');
    const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]{8,})`/g)].map(([, span]) => span));
    const all = messages();
    assert.ok(named.length > 50, `${named.length} lines are explained`);
    assert.deepEqual(named.filter((span) => !span.includes('…') && !all.some((message) => message.startsWith(span))), []);
  });
}
