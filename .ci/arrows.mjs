// The last check of `make lint`: the `use` lines inside each crate point one way only. No two files need each other,
// directly or through others. Tests inside a file are ignored. Prints each circle, and exits 1 when there is one.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.name.endsWith('.rs') ? [path] : [];
  });
}

/** The path of a file's module: src/server/routes/mod.rs is ['server', 'routes']. */
function moduleOf(source, file) {
  const parts = relative(source, file).replace(/\.rs$/, '').split('/');
  return ['mod', 'lib', 'main'].includes(parts.at(-1)) ? parts.slice(0, -1) : parts;
}

/** The paths that a `use` tree names: `a::{b, c::d}` is a::b and a::c::d. */
function leaves(tree) {
  const open = tree.indexOf('{');
  if (open < 0) return [tree.replace(/\s+as\s+\w+$/, '').trim()];
  const [head, body] = [tree.slice(0, open), tree.slice(open + 1, tree.lastIndexOf('}'))];
  const parts = [''];
  let depth = 0;
  for (const character of body) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (character === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.filter((part) => part.trim()).flatMap((part) => leaves(head.trim() + part.trim()));
}

function usesOf(file, module) {
  const code = readFileSync(file, 'utf8').replace(/\/\/.*$/gm, '').split('#[cfg(test)]\nmod tests')[0];
  const trees = [...code.matchAll(/(?:^|\n)\s*(?:pub(?:\([^)]*\))? )?use ([^;]+);/g)].map((match) => match[1]);
  return trees.flatMap(leaves).map((path) => {
    let names = path.replace(/^::/, '').split('::').map((name) => name.trim());
    if (names[0] === 'crate') return names.slice(1);
    let base = module;
    if (names[0] === 'self') return [...base, ...names.slice(1)];
    if (names[0] !== 'super') return [...base, ...names];
    while (names[0] === 'super') {
      base = base.slice(0, -1);
      names = names.slice(1);
    }
    return [...base, ...names];
  });
}

function circlesOf(arrows) {
  const [circles, state, stack] = [[], new Map(), []];
  const visit = (file) => {
    state.set(file, 'open');
    stack.push(file);
    for (const next of arrows.get(file)) {
      if (state.get(next) === 'open') circles.push([...stack.slice(stack.indexOf(next)), next]);
      else if (!state.has(next)) visit(next);
    }
    stack.pop();
    state.set(file, 'done');
  };
  for (const file of arrows.keys()) if (!state.has(file)) visit(file);
  return circles;
}

let [checked, found] = [0, 0];
for (const crate of readdirSync(join(root, 'crates'))) {
  const source = join(root, 'crates', crate, 'src');
  if (!existsSync(source)) continue;
  const files = filesBelow(source);
  const byModule = new Map(files.filter((file) => !file.endsWith('/main.rs'))
    .map((file) => [moduleOf(source, file).join('::'), file]));
  const arrows = new Map(files.map((file) => {
    const targets = usesOf(file, moduleOf(source, file)).map((names) => {
      // Take the longest prefix of the path that is a file: the rest is an item in it.
      for (let length = names.length; length > 0; length -= 1) {
        const target = byModule.get(names.slice(0, length).join('::'));
        if (target) return target;
      }
      return undefined;
    });
    return [file, new Set(targets.filter((target) => target && target !== file))];
  }));
  checked += files.length;
  for (const circle of circlesOf(arrows)) {
    found += 1;
    console.log(`arrows: a circle: ${circle.map((file) => relative(dirname(source), file)).join(' -> ')} (crate ${crate})`);
  }
}
console.log(`arrows: ${checked} files, ${found} circles`);
process.exitCode = found ? 1 : 0;
