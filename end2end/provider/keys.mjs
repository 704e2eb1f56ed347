// The stand-in's signing keys: one ES256 and one RS256 at a time, as ProConnect publishes them.

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const algorithms = {
  ES256: ['ec', { namedCurve: 'P-256' }],
  RS256: ['rsa', { modulusLength: 2048 }],
};

function generation() {
  return Object.entries(algorithms).map(([alg, [type, options]]) => ({
    ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
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
