// The commands of the documentation. The programs themselves read every `api …` and `playground …`. Blocks of commands are
// run, page after page, on a product that runs, unless they begin with the comment `# not run here`.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { logIn } from '../proxies/login.mjs';
import { freePort } from '../support/ports.mjs';
import { binary, encryptionKey, root, Stack } from '../support/stack.mjs';
import { blocks, files, links, spans } from './markdown.mjs';

const run = promisify(execFile);
const NOT_RUN = '# not run here';
const OURS = /^(api|playground)(?= [a-z-])/;
/** The pages whose commands are run, in the order of their index. */
const JOURNEYS = ['docs/en', 'docs/fr'].map((folder) => ({
  folder,
  pages: links(`${folder}/README.md`).filter((page) => dirname(page) === folder && page !== `${folder}/presentation.md`),
}));

const commands = (text) => text.replaceAll('\\\n', ' ').split('\n')
  .map((line) => line.replace(/(^| )#.*$/, '').trim()).filter(Boolean);

/** Whether a block says that it is not run. */
const isNotRun = ({ text }) => text.startsWith(NOT_RUN);

const isTarget = (name) => readFileSync(join(root, 'Makefile'), 'utf8').includes(`\n${name}:`);

/** What the shell would hand to the program: words without quotes, up to the end of this command. `[--x]` is an option to name. */
const words = (command) => [...command.replace(/[[\]]/g, '').replace(/ ID$/, ' 1').split(/ [<>|&;] ?| && /)[0].matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)]
  .map(([, double, single, plain]) => double ?? single ?? plain);

test('the programs know every command, and every flag of it, that the documentation names', async () => {
  const named = files().flatMap((file) => [
    ...spans(file),
    ...blocks(file).filter(({ language }) => language === 'sh').flatMap(({ text }) => commands(text)),
  ].filter((text) => OURS.test(text)).map((text) => ({ file, text })));
  const unknown = [];
  for (const { file, text } of named) {
    const [program, ...args] = words(text);
    await run(binary(program), [...args, '--help'])
      .catch((error) => unknown.push(`${file}: ${text}: ${error.stderr.split('\n')[0]}`));
  }
  assert.ok(named.length > 50, `${named.length} commands were found`);
  assert.deepEqual(unknown, []);
});

test('every other block of commands says that it is not run, or only names targets of the Makefile', () => {
  const isRun = new Set(JOURNEYS.flatMap(({ pages }) => pages));
  const silent = files().filter((file) => !isRun.has(file)).flatMap(blocks)
    .filter((block) => block.language === 'sh' && !isNotRun(block))
    .filter(({ text }) => !commands(text).every((command) => /^make [a-z-]+$/.test(command) && isTarget(command.slice(5))));
  assert.deepEqual(silent.map(({ file, line }) => `${file}:${line}`), []);
});

/** A new key of the person with this session. */
async function newKey({ api }, session) {
  const answer = await fetch(`${api}/v1/keys`, {
    method: 'POST',
    headers: { authorization: `Bearer ${session}` },
    body: JSON.stringify({ name: 'Documentation' }),
  });
  return (await answer.json()).value;
}

/** Starts the product in a new folder, where Camille has logged in and has a key, and stops it afterwards. */
async function withProduct(use) {
  const home = mkdtempSync(join(tmpdir(), 'passerelle-docs-'));
  const ports = { provider: await freePort(), api: await freePort(), playground: await freePort() };
  const key = encryptionKey();
  const settings = { oauth2: { link_by_email: true } };
  const stack = await Stack.start({ folder: home, ports, key, settings });
  try {
    const session = await logIn(stack, key, 'camille');
    writeFileSync(join(home, 'found.txt'), await newKey(stack, session), { mode: 0o600 });
    await use({ stack, home, key: await newKey(stack, session) });
  } finally {
    await stack.stop();
    rmSync(home, { recursive: true });
  }
}

for (const { folder, pages } of JOURNEYS) {
  test(`the commands of ${folder} succeed`, async (t) => {
    assert.ok(pages.length >= 8, `${pages}`);
    await withProduct(async ({ stack, home, key }) => {
      const env = {
        ...process.env,
        PATH: `${dirname(binary('api'))}:${process.env.PATH}`,
        CONFIG_FILE: join(home, 'config.yml'),
      };
      /** What the pages write for what everybody has of their own. */
      const own = {
        'https://api.example.gouv.fr': stack.api,
        'https://playground.example.gouv.fr': stack.playground,
        'sk-psl…': key,
      };
      for (const block of pages.flatMap(blocks).filter((one) => one.language === 'sh' && !isNotRun(one))) {
        await t.test(`${block.file}:${block.line}`, async () => {
          const script = Object.entries(own).reduce((text, [from, to]) => text.replaceAll(from, to), block.text);
          await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: home, env });
        });
      }
    });
  });
}
