// Which Chromium, and how it is started.

import { existsSync } from 'node:fs';

// Debian's Chromium when it is there; otherwise the one `npx playwright install chromium` brings.
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
