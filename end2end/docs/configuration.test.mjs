// Each piece of configuration in the documentation is valid: both programs read it, put into a configuration for production.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';

import { binary, encryptionKey, root } from '../support/stack.mjs';
import { blocks, files } from './markdown.mjs';

const run = promisify(execFile);
const OURS = /^(oauth2|api|playground):$/m;
/** Where the documentation keeps secrets: a folder of the test takes its place. */
const SECRETS = '/etc/passerelle/';

const folder = mkdtempSync(join(tmpdir(), 'passerelle-docs-'));
after(() => rmSync(folder, { recursive: true }));

const key = encryptionKey();
const whole = `
oauth2:
  client_id: 4b0c21
  client_secret: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c
  server_metadata_url: https://auth.agentconnect.gouv.fr/api/v2/.well-known/openid-configuration
  redirect_uri: https://api.example.gouv.fr/v1/oauth2/callback
  scope: "openid given_name usual_name email siret organization_label roles"
  allowed_domains: [example.gouv.fr]
  default_role: Freemium
  encryption_key: ${key}
  link_by_email: true
api:
  environment: production
  database_url: sqlite://${folder}/passerelle.db?mode=rwc
playground:
  public_url: https://playground.example.gouv.fr
  api_url: https://api.example.gouv.fr
  oauth2_encryption_key: ${key}
`;

/** The sections of a piece of YAML, and in each the lines of every key. */
function sections(text) {
  const found = new Map();
  let section;
  let lines;
  for (const line of text.split('\n').filter((one) => one.trim() && !one.startsWith('#'))) {
    const [, name] = /^(\w+):$/.exec(line) ?? [];
    const [, entry] = /^ {2}(\w+):/.exec(line) ?? [];
    if (name) found.set(name, section = new Map());
    else if (entry) section.set(entry, lines = [line]);
    else lines.push(line);
  }
  return found;
}

/** The whole configuration with these keys in place of its own; a secret replaces its file, and a file the secret. */
function completed(text) {
  const all = sections(whole);
  for (const [name, entries] of sections(text)) {
    assert.ok(all.has(name), `there is no section ${name}`);
    for (const [entry, lines] of entries) {
      all.get(name).delete(entry.replace(/_file$/, ''));
      all.get(name).set(entry, lines);
    }
  }
  return [...all].map(([name, entries]) => [`${name}:`, ...[...entries.values()].flat()].join('\n')).join('\n');
}

for (const { file, line, text } of files().flatMap(blocks).filter((one) => one.language === 'yaml' && OURS.test(one.text))) {
  test(`${file}:${line} is a valid configuration`, async () => {
    writeFileSync(join(folder, 'client_secret'), '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c', { mode: 0o600 });
    writeFileSync(join(folder, 'database_url'), 'postgres://passerelle:s@10.0.0.20/passerelle', { mode: 0o600 });
    const config = join(folder, 'config.yml');
    writeFileSync(config, completed(text.replaceAll(SECRETS, `${folder}/`)), { mode: 0o600 });
    const env = { ...process.env, API_LISTEN: '10.0.0.11:8000', PLAYGROUND_LISTEN: '10.0.0.11:3000' };
    for (const program of ['api', 'playground']) {
      await run(binary(program), ['check-config', '--config', config], { env, cwd: root })
        .catch((error) => assert.fail(`${program}: ${error.stderr}`));
    }
  });
}
