// The search for secrets in logs finds every kind of secret, and nothing else.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { clientSecret } from '../provider/clients.mjs';
import { identities } from '../provider/identities.mjs';
import { secretsIn } from './secrets.mjs';

const written = { client: 'passerelle-es256', key: 'q6JmV3nN0G6u2oWq8pYx9bq0Zk3lT1sR5vQ7wE2yU4I=' };

test('a normal log line contains no secret', () => {
  const log = 'INFO request{id="00ff" path="/v1/oauth2/callback"}: logged in user_id=1 token_id=2 state=unknown';
  assert.deepEqual(secretsIn(log, written), []);
});

test('every secret is found in the middle of a line', () => {
  const { email, sub } = identities[0].claims;
  const secrets = {
    [`sk-${'aB3_-'.repeat(9).slice(0, 43)}`]: 'an API token',
    'eyJhbGciOiJFUzI1NiJ9.e30.c2ln': 'a signed token',
    'gAAAAABlkkoA0123456789abcdefghijklmnop': 'a Fernet token',
    'Z0FBQUFBQmxra29BMDEyMzQ1Njc4OWFiY2RlZg': 'an envelope',
    'GET /v1/oauth2/callback?code=0123456789abcdef': 'a parameter of a login',
    [written.key]: 'the encryption key',
    [clientSecret(written.client)]: 'the client secret',
    [email]: `the e-mail address of ${identities[0].id}`,
    [sub]: `the subject of ${identities[0].id}`,
  };
  for (const [secret, name] of Object.entries(secrets)) {
    assert.deepEqual(secretsIn(`WARN before ${secret} after`, written), [name]);
  }
});
