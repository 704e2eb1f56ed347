// Reads the origins that the api's own tests try, in crates/api/tests/data, for tests/origins.spec.ts.

import { readFileSync } from 'node:fs';

const characters: Record<string, string> = { t: '\t', n: '\n', r: '\r', 0: '\0', '\\': '\\', e: '' };

const unescaped = (line: string) => line.replaceAll(/\\(?:u\{([0-9a-f]+)\}|(.))/gi, (_, code?: string, one?: string) =>
  code ? String.fromCodePoint(parseInt(code, 16)) : characters[one!]);

/** The lines of a file, or of one section when `wanted` names it. */
function lines(name: string, wanted?: string) {
  const found: string[] = [];
  let section: string | undefined;
  for (const line of readFileSync(new URL(`../../crates/api/tests/data/${name}`, import.meta.url), 'utf8').split('\n')) {
    if (line === '' || line === '#' || line.startsWith('# ')) continue;
    const title = /^\[(.*)\]$/.exec(line)?.[1];
    if (title) section = title;
    else if (!wanted || section === wanted) found.push(line);
  }
  return found;
}

/** The `allowed_domains` that the hostile origins try to pass. */
export const allowed = ['localhost', 'gouv.fr', 'https://exact.example.fr:8443'];

export const hostile = () => lines('origins-hostile.txt').map(unescaped);

/** Pairs of the string that is sent and the origin that it means. */
export const benign = () =>
  lines('origins-benign.txt', 'localhost, gouv.fr').map((line) => line.split(' -> ') as [string, string]);
