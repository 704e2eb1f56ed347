// The stand-in's signing keys: one ES256 and one RS256 at a time, as ProConnect publishes them.

import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const algorithms = {
  ES256: ['ec', { namedCurve: 'P-256' }],
  RS256: ['rsa', { modulusLength: 2048 }],
};

/** A new key as a JWK. */
function generate(type, options) {
  // Encoded and read again: Node.js 20 can wait for itself for ever when it exports, as a JWK, the key that it has just generated.
  // The garbage collector then removes the generation, for which it needs the lock that the export holds.
  const encoding = { format: 'der', type: 'pkcs8' };
  const { privateKey } = generateKeyPairSync(type, {
    ...options,
    privateKeyEncoding: encoding,
    publicKeyEncoding: { format: 'der', type: 'spki' },
  });
  return createPrivateKey({ key: privateKey, ...encoding }).export({ format: 'jwk' });
}

function generation() {
  return Object.entries(algorithms).map(([alg, [type, options]]) => ({
    ...generate(type, options),
    kid: randomUUID(),
    use: 'sig',
    alg,
  }));
}

export class SigningKeys {
  #file;
  #generations;

  /** Without a file the keys live as long as the process. */
  constructor(file) {
    this.#file = file;
    if (file && existsSync(file)) {
      this.#generations = JSON.parse(readFileSync(file, 'utf8'));
    } else {
      this.#generations = [generation()];
      this.#save();
    }
  }

  /** New keys sign from now on. The previous keys stay published for what they signed; older keys are removed. */
  rotate() {
    this.#generations = [generation(), this.#generations[0]];
    this.#save();
  }

  get jwks() {
    return { keys: this.#generations.flat() };
  }

  #save() {
    if (this.#file) writeFileSync(this.#file, JSON.stringify(this.#generations), { mode: 0o600 });
  }
}
