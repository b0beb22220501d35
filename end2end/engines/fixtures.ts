import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test as base } from '../support/fixtures.ts'
import { Bidi } from './bidi.ts'
import type { Protocol } from './protocol.ts'
import { Visitor } from './visitor.ts'
import { WebDriver } from './webdriver.ts'

/** The browser engine under test. */
export type Engine = 'firefox' | 'webkit'

/** The path of WebKitGTK's MiniBrowser, which Debian has in a directory named after the architecture. */
function miniBrowser() {
  return readdirSync('/usr/lib').map((folder) => join('/usr/lib', folder, 'webkit2gtk-4.1/MiniBrowser')).find(existsSync)
}

const START: Record<Engine, () => Promise<Protocol>> = {
  firefox: () => Bidi.start('firefox-esr'),
  webkit: () => {
    const options = { binary: miniBrowser(), args: ['--automation'] }
    return WebDriver.start('WebKitWebDriver', { 'webkitgtk:browserOptions': options })
  },
}

interface Fixtures {
  engine: Engine
  /** Opens the page in a new browser: a different person. */
  comes: (address?: string) => Promise<Visitor>
}

export const test = base.extend<Fixtures>({
  engine: ['firefox', { option: true }],

  comes: async ({ engine, server }, use, testInfo) => {
    const browsers: Protocol[] = []
    await use(async (address = server.address) => {
      const protocol = await START[engine]()
      browsers.push(protocol)
      const visitor = new Visitor(protocol, address)
      await visitor.opens()
      return visitor
    })
    for (const browser of browsers) await browser.end()
    testInfo.annotations.push({ type: 'browser', description: browsers[0]?.version ?? 'none' })
    // The browser itself logs broken connections to the console.
    const errors = browsers.flatMap(({ errors }) => errors).filter((error) => !error.includes('/ws/chat'))
    expect(errors).toEqual([])
  },
})

export { expect }
