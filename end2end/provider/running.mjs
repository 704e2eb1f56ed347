// Runs the stand-in in a temporary folder, for its tests.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startProvider } from '../support/provider.mjs';
import { postLogoutRedirectUri, redirectUri } from './relying-party.mjs';

export function running() {
  const folder = mkdtempSync(join(tmpdir(), 'provider-'));
  return {
    async start(port) {
      this.program = await startProvider({ folder, port, redirectUri, postLogoutRedirectUri });
      this.issuer = this.program.address;
      return this;
    },
    async restart() {
      await this.program.stop();
      return this.start(Number(new URL(this.issuer).port));
    },
    async discard() {
      await this.program.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
