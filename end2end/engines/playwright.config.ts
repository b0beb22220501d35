import { defineConfig } from '@playwright/test'

import type { Engine } from './fixtures.ts'

// Playwright runs these tests, but not the browsers. Its own browser builds cannot be downloaded everywhere, and are not
// those that people use.
export default defineConfig<{ engine: Engine }>({
  testDir: '.',
  outputDir: '../test-results/engines',
  forbidOnly: !!process.env.CI,
  workers: 1,
  reporter: 'list',
  timeout: 120_000,
  expect: { timeout: 30_000 },
  projects: [
    { name: 'firefox', use: { engine: 'firefox' } },
    { name: 'webkit', use: { engine: 'webkit' } },
  ],
})
