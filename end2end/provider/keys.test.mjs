// The signing keys rotate on SIGHUP and survive a restart.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test } from 'node:test';

import { decodeProtectedHeader, errors } from 'jose';

import { RelyingParty } from './relying-party.mjs';
import { running } from './running.mjs';

const provider = running();
let issuer;

before(async () => { ({ issuer } = await provider.start()); });
after(() => provider.discard());

async function publishedKids() {
  const { keys } = await (await fetch(`${issuer}/jwks`)).json();
  return keys.map(({ kid }) => kid);
}

async function rotate() {
  const [first] = await publishedKids();
  provider.program.signal('SIGHUP');
  while ((await publishedKids())[0] === first) await sleep(10);
}

test('a rotation signs with new keys, keeps sessions, and removes the old keys at the next rotation', async () => {
  const before = await publishedKids();
  const party = new RelyingParty(issuer);
  const old = (await party.login('camille')).id_token;

  await rotate();
  const kids = await publishedKids();
  assert.equal(kids.length, 4);
  assert.deepEqual(kids.slice(2), before);
  const code = (await party.callback(undefined, { prompt: 'none' })).get('code');
  const { id_token: fresh } = await party.tokens(code);
  assert.ok(kids.slice(0, 2).includes(decodeProtectedHeader(fresh).kid));
  await party.verify(fresh, 'ES256');
  await party.verify(old, 'ES256');

  await rotate();
  await party.verify(fresh, 'ES256');
  await assert.rejects(party.verify(old, 'ES256'), errors.JWKSNoMatchingKey);
});

test('a restarted provider keeps its keys', async () => {
  const before = await publishedKids();
  await provider.restart();
  assert.deepEqual(await publishedKids(), before);
});
