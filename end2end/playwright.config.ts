// How `npm run test:browser` and `npm run screenshots` run the tests in tests/.

import { defineConfig } from '@playwright/test';

import { browserOptions } from './support/browser.mjs';
import type { Options } from './support/fixtures';

// The most detailed level: after each test the servers' logs are searched for secrets.
process.env.RUST_LOG = 'trace';

export default defineConfig<object, Options>({
  testDir: 'tests',
  outputDir: 'test-results/artifacts',
  fullyParallel: true,
  // Each worker runs the three programs and a browser.
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  timeout: 30_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    locale: 'fr-FR',
    launchOptions: browserOptions,
  },
  projects: [
    { name: 'es256' },
    { name: 'rs256', testMatch: 'registration.spec.ts', use: { client: 'passerelle-rs256' } },
    { name: 'json', testMatch: 'registration.spec.ts', use: { client: 'passerelle-json' } },
  ],
});
