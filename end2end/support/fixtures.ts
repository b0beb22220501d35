import { type BrowserContextOptions, expect, type Page, test as base } from '@playwright/test'

import { Room } from '../pages/room.ts'
import { PlainClient } from './plain.ts'
import { Proxy } from './proxy.ts'
import { Server } from './server.ts'
import { Wire } from './wire.ts'

/** Chromium's own line about a WebSocket that could not connect; nothing else may be in the console. */
const SOCKET_FAILED = /^WebSocket connection to 'ws:\/\/127\.0\.0\.1:\d+\/ws\/chat[^']*' failed: /

/** What it says of a page that answers a refused form, where no script sends them. */
const FORM_REFUSED = /^Failed to load resource: the server responded with a status of 409 /

interface Visit {
  /** Runs in each document before its own scripts. */
  before?: () => void
  /** Where the server is reached, if not at its own address. */
  address?: string
  /** Prepares the page before it is opened. */
  prepare?: (page: Page) => Promise<unknown>
  /** Lines in the console that this visit is about. */
  expected?: RegExp[]
  /** Whether the page's code can run, so that the visit may wait until it talks with the server. */
  comesAlive?: boolean
}

interface Fixtures {
  /** What the server is started with, besides its address and data. */
  flags: string[]
  /** Parlor's release binary, for this test alone. */
  server: Server
  /** A way to the server that can be cut. */
  wire: Wire
  /** A way to the server on which pages are changed: not before `change` is set. */
  rewriter: Proxy
  /** Opens the page in a browser of its own: another person. */
  visit: (options?: BrowserContextOptions & Visit) => Promise<Room>
  /** Joins with a client of the plain dialect. */
  plain: (name: string) => Promise<PlainClient>
}

export const test = base.extend<Fixtures>({
  flags: [[], { option: true }],

  server: async ({ flags }, use, testInfo) => {
    const server = await Server.start(flags)
    await use(server)
    await server.end()
    if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach('server.log', { body: server.log })
  },

  wire: async ({ server }, use) => {
    const wire = await Wire.to(server.port)
    await use(wire)
    wire.end()
  },

  rewriter: async ({ server }, use) => {
    const proxy = await Proxy.to(server.port)
    await use(proxy)
    proxy.end()
  },

  visit: async ({ browser, server }, use) => {
    const problems: string[] = []
    const contexts: { close(): Promise<void> }[] = []
    await use(async ({ address = server.address, before, prepare, expected = [], comesAlive = true, ...options } = {}) => {
      const context = await browser.newContext({ baseURL: address, ...options })
      contexts.push(context)
      if (before) await context.addInitScript(before)
      const page = await context.newPage()
      const ofForms = options.javaScriptEnabled === false ? [FORM_REFUSED] : []
      watch(page, problems, [SOCKET_FAILED, ...ofForms, ...expected])
      await prepare?.(page)
      const room = new Room(page)
      if (comesAlive && options.javaScriptEnabled !== false) await room.open()
      else await page.goto('/')
      return room
    })
    for (const context of contexts) await context.close()
    expect(problems, 'errors in the console').toEqual([])
  },

  plain: async ({ server }, use) => {
    const clients: PlainClient[] = []
    await use(async (name) => {
      const client = await PlainClient.join(server.address, name)
      clients.push(client)
      return client
    })
    for (const client of clients) client.end()
  },
})

/** Notes what must not be in the console of a page. */
export function watch(page: Page, problems: string[], expected = [SOCKET_FAILED]) {
  page.on('pageerror', (error) => {
    if (!expected.some((known) => known.test(String(error)))) problems.push(String(error))
  })
  page.on('console', (line) => {
    if (line.type() === 'error' && !expected.some((known) => known.test(line.text()))) problems.push(line.text())
  })
}

export { expect }
