// The commands of the documentation. The programs themselves read every `api …` and `playground …`. Blocks of commands are
// run, page after page, on a product that runs, unless they begin with the comment `# not run here`.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { Postgres } from '../cluster/postgres.mjs';
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
  // PostgreSQL runs as another user.
  chmodSync(home, 0o711);
  const ports = { provider: await freePort(), api: await freePort(), playground: await freePort() };
  const key = encryptionKey();
  // The commands run in another folder than that of the sources.
  const settings = { oauth2: { link_by_email: true }, playground: { site_root: join(root, 'target/site') } };
  const stack = await Stack.start({ folder: home, ports, key, settings });
  const postgres = await Postgres.create(home);
  const server = await postgres.start();
  try {
    const session = await logIn(stack, key, 'camille');
    writeFileSync(join(home, 'found.txt'), await newKey(stack, session), { mode: 0o600 });
    await use({ stack, home, postgres, key: await newKey(stack, session) });
  } finally {
    await server.stop();
    await stack.stop();
    rmSync(home, { recursive: true });
  }
}

/** The URLs of three new databases: one in use, one for a restore, one to move to. */
async function databases(postgres) {
  const names = ['in_use', 'restored', 'moved'];
  for (const name of names) await run('psql', [postgres.url, '--quiet', '-c', `CREATE DATABASE ${name}`]);
  return names.map((name) => postgres.url.replace('/postgres?', `/${name}?`));
}

const people = async (url) => (await run('psql', [url, '-Atc', 'SELECT id, email, sub FROM users ORDER BY id'])).stdout;

for (const { folder, pages } of JOURNEYS) {
  test(`the commands of ${folder} succeed`, async (t) => {
    assert.ok(pages.length >= 8, `${pages}`);
    await withProduct(async ({ stack, home, postgres, key }) => {
      const [inUse, restored, moved] = await databases(postgres);
      const sqlite = `sqlite://${join(home, 'passerelle.db')}`;
      const env = {
        ...process.env,
        PATH: `${dirname(binary('api'))}:${process.env.PATH}`,
        CONFIG_FILE: join(home, 'config.yml'),
        DATABASE_URL: inUse,
        NEW_DATABASE_URL: restored,
      };
      await run(binary('api'), ['migrate-database', '--from', sqlite, '--to', inUse], { env });
      writeFileSync(join(home, 'database_url'), moved, { mode: 0o600 });
      /** What the pages write for what everybody has of their own. */
      const own = {
        'https://api.example.gouv.fr': stack.api,
        'https://playground.example.gouv.fr': stack.playground,
        'sqlite:///var/lib/passerelle/passerelle.db': sqlite,
        '/etc/passerelle/': `${home}/`,
        'sk-psl…': key,
      };
      for (const block of pages.flatMap(blocks).filter((one) => one.language === 'sh' && !isNotRun(one))) {
        await t.test(`${block.file}:${block.line}`, async () => {
          const script = Object.entries(own).reduce((text, [from, to]) => text.replaceAll(from, to), block.text);
          await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: home, env });
        });
      }
      assert.match(await people(inUse), /camille/);
      assert.equal(await people(restored), await people(inUse));
      assert.match(await people(moved), /camille/);
    });
  });
}
