// Makes benchmarks and chaos run the release builds: `node --import ./support/optimised.mjs`, see package.json.

import { fileURLToPath } from 'node:url';

process.env.PASSERELLE_BIN ??= fileURLToPath(new URL('../../target/release', import.meta.url));
