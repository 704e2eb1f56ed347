// Which Chromium the tests and the benchmarks use, and its options.

import { existsSync } from 'node:fs';

// Debian's Chromium when it is installed; otherwise the one that `npx playwright install chromium` installs.
const debian = '/usr/bin/chromium';

export const browserOptions = {
  executablePath: process.env.CHROMIUM_PATH ?? (existsSync(debian) ? debian : undefined),
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
