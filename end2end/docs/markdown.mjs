// Reads the documentation: its files, blocks, headings and links. The tests of this folder share it.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

import { root } from '../support/stack.mjs';

/** The files that people read: the README and everything below docs. Paths are relative to the root. */
export function files() {
  const below = readdirSync(join(root, 'docs'), { recursive: true }).map((name) => join('docs', name));
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...below.filter((name) => name.endsWith('.md')).sort()];
}

export const read = (file) => readFileSync(join(root, file), 'utf8');

/** The fenced blocks of a file, without the indentation of a list: language, text, line of the first line. */
export function blocks(file) {
  const found = [];
  let block;
  read(file).split('\n').forEach((line, index) => {
    const fence = /^( *)```(\w*)$/.exec(line);
    if (block && fence) {
      found.push({ ...block, text: block.lines.join('\n') });
      block = undefined;
    } else if (fence) {
      const [, indent, language] = fence;
      block = { file, language, indent: indent.length, line: index + 2, lines: [] };
    } else if (block) {
      block.lines.push(line.slice(block.indent));
    }
  });
  return found;
}

/** A file without its fenced blocks. */
export const prose = (file) => read(file).replace(/^ *```[\s\S]*?^ *```$/gm, '');

/** The levels of a file's headings, in order. */
export const headings = (file) => (prose(file).match(/^#+(?= )/gm) ?? []).map((marks) => marks.length);

/** What stands between backquotes in a file, outside its blocks. */
export const spans = (file) => [...prose(file).matchAll(/`([^`\n]+)`/g)].map(([, span]) => span);

/** The links of a file to other files, relative to the root, without what follows `#`. */
export function links(file) {
  const targets = [...prose(file).replace(/`[^`\n]+`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target);
  const local = targets.filter((target) => !/^[a-z]+:/.test(target) && !target.startsWith('#'));
  return local.map((target) => relative(root, resolve(root, dirname(file), target.split('#')[0])));
}
