// The provider of the benchmarks. It does only what the api needs: `provider/` checks and stores so much that the
// benchmark would measure it instead of the api. Every token is really signed. It stores nothing: a code contains its data.

import { createHash, createPrivateKey, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { clientSecret } from '../provider/clients.mjs';
import { SigningKeys } from '../provider/keys.mjs';
import { Program } from '../support/program.mjs';

const HOUR = 3600;
/** The api's client id at this provider. */
export const CLIENT = 'passerelle-bench';
const CLIENT_SECRET = clientSecret(CLIENT);
const SCOPE = 'openid given_name usual_name email siret organization_label roles';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (text) => JSON.parse(Buffer.from(text, 'base64url').toString());

/** The code that a provider returns to an authorization request once the agent has logged in. */
export function codeFor(authorizationUrl, { algorithm, sub }) {
  const query = new URL(authorizationUrl).searchParams;
  return encode({ algorithm, sub, nonce: query.get('nonce'), challenge: query.get('code_challenge') });
}

export const startProvider = ({ folder, port }) => Program.start({
  name: 'provider',
  command: process.execPath,
  args: [fileURLToPath(import.meta.url), String(port)],
  log: join(folder, 'provider.log'),
});

const organisation = {
  given_name: 'Camille',
  usual_name: 'Exemple',
  siret: '00000001800010',
  organization_label: 'Direction des exemples',
  roles: ['agent_public', 'agent_public_etat'],
};

class Signer {
  #keys = new Map();

  constructor(issuer) {
    this.issuer = issuer;
    const { keys } = new SigningKeys().jwks;
    for (const jwk of keys) {
      this.#keys.set(jwk.alg, { kid: jwk.kid, key: createPrivateKey({ key: jwk, format: 'jwk' }) });
    }
    // Remove the private members of every kind of key: RFC 7518, section 6.
    this.jwks = { keys: keys.map(({ d, p, q, dp, dq, qi, ...open }) => open) };
  }

  token(alg, claims) {
    const { kid, key } = this.#keys.get(alg);
    const iat = Math.floor(Date.now() / 1000);
    const payload = { ...claims, aud: CLIENT, exp: iat + HOUR, iat, iss: this.issuer };
    const signed = `${encode({ alg, kid })}.${encode(payload)}`;
    return `${signed}.${sign('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }
}

const json = (body) => [200, 'application/json', JSON.stringify(body)];
const refused = [400, 'application/json', JSON.stringify({ error: 'invalid_grant' })];

function tokens(signer, form) {
  const { algorithm, sub, nonce, challenge } = decode(form.get('code'));
  const verifier = createHash('sha256').update(form.get('code_verifier')).digest('base64url');
  if (verifier !== challenge || form.get('client_secret') !== CLIENT_SECRET) return refused;
  return json({
    access_token: encode({ algorithm, sub }),
    expires_in: HOUR,
    id_token: signer.token(algorithm, { sub, nonce }),
    scope: SCOPE,
    token_type: 'Bearer',
  });
}

function userinfo(signer, authorization) {
  const { algorithm, sub } = decode(authorization.slice('Bearer '.length));
  return [200, 'application/jwt', signer.token(algorithm, { sub, email: `${sub}@example.gouv.fr`, ...organisation })];
}

const metadata = (issuer) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`,
  jwks_uri: `${issuer}/jwks`,
  end_session_endpoint: `${issuer}/session/end`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256', 'ES256'],
});

async function main(port) {
  const issuer = `http://127.0.0.1:${port}/api/v2`;
  const signer = new Signer(issuer);
  const answers = {
    '/.well-known/openid-configuration': () => json(metadata(issuer)),
    '/jwks': () => json(signer.jwks),
    '/token': (_request, body) => tokens(signer, new URLSearchParams(body)),
    '/userinfo': (request) => userinfo(signer, request.headers.authorization),
    '/session/end': () => [200, 'text/html', ''],
  };
  const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const answer = answers[new URL(request.url, issuer).pathname.slice('/api/v2'.length)];
    const [status, type, text] = answer ? answer(request, body) : [404, 'text/plain', ''];
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  process.on('SIGTERM', () => {
    server.close();
    server.closeAllConnections();
  });
  console.log(`listening on ${issuer}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(Number(process.argv[2]));
