// Which Chromium the tests and the benchmarks use, and its options.

import { existsSync } from 'node:fs';

// Debian's when they are installed; otherwise those that `npx playwright install chromium` installs.
const installed = (path) => (existsSync(path) ? path : undefined);
const whole = process.env.CHROMIUM_PATH ?? installed('/usr/bin/chromium');
// The headless shell is the same Chromium without windows: the tests take half the time in it.
const headless = process.env.CHROMIUM_PATH ?? installed('/usr/bin/chromium-headless-shell') ?? whole;

/** What launches a Chromium with all its parts. */
export const wholeChromium = whole ? { executablePath: whole } : { channel: 'chromium' };

export const browserOptions = {
  executablePath: headless,
  args: [
    '--no-sandbox',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
