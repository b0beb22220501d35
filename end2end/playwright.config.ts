import { execFileSync } from 'node:child_process'

import { defineConfig } from '@playwright/test'

// Debian's Chromium: Playwright's own download comes from a host that may be out of reach.
const chromium = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim()

export default defineConfig({
  testDir: 'journeys',
  outputDir: 'test-results',
  // `bin/pictures` takes those that are kept anew; a test never makes one that it then is compared with.
  snapshotPathTemplate: 'pictures/{arg}{ext}',
  updateSnapshots: process.env.PARLOR_PICTURES ? 'all' : 'none',
  forbidOnly: !!process.env.CI,
  fullyParallel: true,
  workers: 2,
  reporter: 'list',
  timeout: 60_000,
  // The banner stays quiet for 5 s, reconnecting waits a little longer each time: what must come, comes within this.
  expect: { timeout: 30_000 },
  // What holds a clock to somebody is alone on the machine, and says so by this mark.
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
