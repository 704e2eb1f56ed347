// The commands of the documentation. The programs themselves read every `api …` and `playground …`. Blocks of commands are
// run, page after page, on a product that runs, unless they begin with the comment `# not run here`.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { Agent } from '../support/agent.mjs';
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

/** Starts the product in a new folder, where Camille has logged in, and stops it afterwards. */
async function withProduct(use) {
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-docs-'));
  const ports = { provider: await freePort(), api: await freePort(), playground: await freePort() };
  const settings = { oauth2: { link_by_email: true } };
  const stack = await Stack.start({ folder, ports, key: encryptionKey(), settings });
  try {
    await new Agent(stack, 'camille').logIn();
    await use(stack, folder);
  } finally {
    await stack.stop();
    rmSync(folder, { recursive: true });
  }
}

for (const { folder, pages } of JOURNEYS) {
  test(`the commands of ${folder} do what they say`, async (t) => {
    assert.ok(pages.length >= 8, `${pages}`);
    await withProduct(async (stack, home) => {
      const env = {
        ...process.env,
        PATH: `${dirname(binary('api'))}:${process.env.PATH}`,
        CONFIG_FILE: join(home, 'config.yml'),
      };
      for (const block of pages.flatMap(blocks).filter((one) => one.language === 'sh' && !isNotRun(one))) {
        await t.test(`${block.file}:${block.line}`, async () => {
          const script = block.text.replaceAll('https://api.example.gouv.fr', stack.api)
            .replaceAll('https://playground.example.gouv.fr', stack.playground);
          await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: home, env });
        });
      }
    });
  });
}
