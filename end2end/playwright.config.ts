import { execFileSync } from 'node:child_process'

import { defineConfig } from '@playwright/test'

// Debian's Chromium: Playwright downloads its own from a host that may not be reachable.
const chromium = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim()

export default defineConfig({
  testDir: 'journeys',
  outputDir: 'test-results',
  // `bin/pictures` updates the stored screenshots; a test never creates a missing one.
  snapshotPathTemplate: 'pictures/{arg}{ext}',
  updateSnapshots: process.env.PARLOR_PICTURES ? 'all' : 'none',
  forbidOnly: !!process.env.CI,
  fullyParallel: true,
  workers: 2,
  reporter: 'list',
  timeout: 60_000,
  // The banner appears after 5 s, and reconnect delays grow: everything expected happens within this time.
  expect: { timeout: 30_000 },
  // Tests that measure time are tagged and run alone on the machine.
  projects: [
    { name: 'together', grepInvert: /@alone/ },
    { name: 'alone', grep: /@alone/, workers: 1, dependencies: ['together'] },
  ],
  use: {
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: chromium,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
