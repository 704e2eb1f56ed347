// The last step of .ci/site: `node .ci/site.mjs MADE SITE` copies the files of MADE into SITE/pkg, each under a name with
// its hash, with compressed copies beside it, and lists the hashes in SITE/hash.txt, in the format that leptos reads.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const [made, site] = process.argv.slice(2);
const pkg = join(site, 'pkg');
const KINDS = ['js', 'wasm', 'css'];

/** Replaces the file at once: a reader sees the old content or the new one, never a part. */
function put(file, content) {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}

mkdirSync(pkg, { recursive: true });
const kept = new Set();
const hashes = KINDS.map((kind) => {
  const content = readFileSync(join(made, `playground.${kind}`));
  const hash = createHash('md5').update(content).digest('base64url');
  const name = `playground.${hash}.${kind}`;
  const files = { [name]: content, [`${name}.br`]: brotliCompressSync(content), [`${name}.gz`]: gzipSync(content, { level: 9 }) };
  for (const [file, bytes] of Object.entries(files)) {
    put(join(pkg, file), bytes);
    kept.add(file);
  }
  return `${kind}: ${hash}\n`;
});
// hash.txt comes after the files that it names. Files that it no longer names are removed after it.
put(join(site, 'hash.txt'), hashes.join(''));
for (const file of readdirSync(pkg)) if (!kept.has(file)) rmSync(join(pkg, file), { recursive: true });
