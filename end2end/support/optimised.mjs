// What measures and what breaks servers takes those that ship: `node --import ./support/optimised.mjs`.

import { fileURLToPath } from 'node:url';

process.env.PASSERELLE_BIN ??= fileURLToPath(new URL('../../target/release', import.meta.url));
