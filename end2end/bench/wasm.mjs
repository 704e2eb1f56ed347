// Part of `make bench`: the size of each crate in the WASM. It repeats the last steps of the build and keeps the functions'
// names.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { root } from '../support/stack.mjs';

const CODE = 10;
const DATA = 11;
const CUSTOM = 0;
const FUNCTION_NAMES = 1;
const SHOWN = 12;

/** Reads the binary format, as far as sizes and names need it: https://webassembly.github.io/spec/core/binary/ */
class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.position = 0;
  }

  get isAtEnd() {
    return this.position >= this.bytes.length;
  }

  byte() {
    this.position += 1;
    return this.bytes[this.position - 1];
  }

  number() {
    let result = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      result += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return result;
    }
  }

  take(length) {
    this.position += length;
    return this.bytes.subarray(this.position - length, this.position);
  }

  text() {
    return this.take(this.number()).toString();
  }

  *sections() {
    while (!this.isAtEnd) {
      const id = this.byte();
      const content = new Reader(this.take(this.number()));
      yield { id, name: id === CUSTOM ? content.text() : undefined, content };
    }
  }
}

function sectionsOf(file) {
  const reader = new Reader(readFileSync(file));
  reader.take(8); // magic and version
  return [...reader.sections()];
}

const sizeOf = (sections, wanted) => sections.find(({ id }) => id === wanted).content.bytes.length;

/** The first crate in a path such as `<core::fmt::Formatter>::pad`. Only exports have no path. */
function crateOf(name) {
  if (!name.includes('::')) return 'what is exported: the island, hydrate, streams';
  // A name without a crate is a method of a primitive type.
  return /([a-z_][a-z_0-9]*)(?:\[[0-9a-f]+\])?::/.exec(name)?.[1] ?? 'core';
}

function functionNames({ content }) {
  while (!content.isAtEnd) {
    const part = content.byte();
    const names = new Reader(content.take(content.number()));
    if (part !== FUNCTION_NAMES) continue;
    return new Map(Array.from({ length: names.number() }, () => [names.number(), names.text()]));
  }
  throw new Error('the WASM has no names of functions');
}

function importedFunctions(file) {
  const module = new WebAssembly.Module(readFileSync(file));
  return WebAssembly.Module.imports(module).filter(({ kind }) => kind === 'function').length;
}

function bytesByCrate(file) {
  const sections = sectionsOf(file);
  const names = functionNames(sections.find(({ name }) => name === 'name'));
  const { content: code } = sections.find(({ id }) => id === CODE);
  const sizes = new Map();
  const first = importedFunctions(file);
  const count = code.number();
  for (let index = 0; index < count; index += 1) {
    const size = code.number();
    code.take(size);
    const crate = crateOf(names.get(first + index) ?? '');
    sizes.set(crate, (sizes.get(crate) ?? 0) + size);
  }
  return [...sizes].sort(([, one], [, other]) => other - one);
}

/** The same steps as .ci/site: `compiled` is what rustc made, `shipped` what is served. */
export function measureWasm(report, { compiled, shipped }) {
  report.section('WASM, before compression');
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-wasm-'));
  try {
    execFileSync(join(root, 'target/quick/bindgen'), [compiled, folder]);
    const named = join(folder, 'named.wasm');
    execFileSync('wasm-opt', ['-Oz', '--enable-bulk-memory', '--enable-nontrapping-float-to-int', '-g', join(folder, 'playground_bg.wasm'), '-o', named]);
    const sections = sectionsOf(shipped);
    if (sizeOf(sections, CODE) !== sizeOf(sectionsOf(named), CODE)) {
      throw new Error(`${compiled} is not what ${shipped} was made of. Build both again: make build`);
    }
    report.add('code', sizeOf(sections, CODE), 'bytes');
    report.add('data', sizeOf(sections, DATA), 'bytes');
    const crates = bytesByCrate(named);
    for (const [crate, bytes] of crates.slice(0, SHOWN)) report.add(`  ${crate}`, bytes, 'bytes');
    report.add('  all others', crates.slice(SHOWN).reduce((sum, [, bytes]) => sum + bytes, 0), 'bytes');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
