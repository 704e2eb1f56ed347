// The origins that the api's own tests try, in crates/api/tests/data.

import { readFileSync } from 'node:fs';

const characters: Record<string, string> = { t: '\t', n: '\n', r: '\r', 0: '\0', '\\': '\\', e: '' };

const unescaped = (line: string) => line.replaceAll(/\\(?:u\{([0-9a-f]+)\}|(.))/gi, (_, code?: string, one?: string) =>
  code ? String.fromCodePoint(parseInt(code, 16)) : characters[one!]);

/** The lines of a file, of one section when it is named. */
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

/** What the hostile ones are hostile to. */
export const allowed = ['localhost', 'gouv.fr', 'https://exact.example.fr:8443'];

export const hostile = () => lines('origins-hostile.txt').map(unescaped);

/** What is sent, and the origin it stands for. */
export const benign = () =>
  lines('origins-benign.txt', 'localhost, gouv.fr').map((line) => line.split(' -> ') as [string, string]);
