// Searches a log for secrets, which no log level may show. fixtures.ts does this after each test.

import { clientSecret } from '../provider/clients.mjs';
import { identities } from '../provider/identities.mjs';

const forms = {
  'an API token': /sk-(?:[\w-]{43}|ps[sl][0-9A-Za-z]{36})/,
  'a signed token': /eyJ[\w-]{16,}/,
  'a Fernet token': /gAAAA[\w-]{20,}/,
  'an envelope': /Z0FBQUFB[\w-]{20,}/,
  'a parameter of a login': /\b(code|state|nonce|code_verifier|code_challenge|binding|encrypted_token)=[\w-]{8,}/,
};

/** The names of the secrets that a text contains. `key` is the encryption key of the servers that wrote it. */
export function secretsIn(text, { client, key }) {
  const values = {
    'the encryption key': key,
    'the client secret': clientSecret(client),
    ...Object.fromEntries(identities.flatMap(({ id, claims }) => [
      [`the e-mail address of ${id}`, claims.email],
      [`the subject of ${id}`, claims.sub],
    ])),
  };
  return [
    ...Object.entries(forms).filter(([, form]) => form.test(text)),
    ...Object.entries(values).filter(([, value]) => value && text.includes(value)),
  ].map(([name]) => name);
}
