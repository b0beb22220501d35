import { type BrowserContextOptions, expect, type Page, test as base } from '@playwright/test'

import { Room } from '../pages/room.ts'
import { PlainClient } from './plain_client.ts'
import { Proxy } from './proxy.ts'
import { Server } from './server.ts'
import { Network } from './network.ts'

/** Chromium's console error about a WebSocket that could not connect. No other errors are allowed. */
const SOCKET_FAILED = /^WebSocket connection to 'ws:\/\/127\.0\.0\.1:\d+\/ws\/chat[^']*' failed: /

/** Chromium's console error about a page that answers a refused form submission without JavaScript. */
const FORM_REFUSED = /^Failed to load resource: the server responded with a status of 409 /

interface Visit {
  /** A function that runs in each document before its scripts. */
  before?: () => void
  /** The base URL, if not that of the server. */
  address?: string
  /** Prepares the page before it is opened. */
  prepare?: (page: Page) => Promise<unknown>
  /** Console errors that this visit is expected to cause. */
  expected?: RegExp[]
  /** Whether the page can be hydrated, so that the visit waits until it has connected. Default: true. */
  hydrates?: boolean
}

interface Fixtures {
  /** Command line flags of the server, in addition to its address and data directory. */
  flags: string[]
  /** A server process of Parlor's release binary, for this test only. */
  server: Server
  /** A TCP proxy in front of the server, whose connections can be cut. */
  network: Network
  /** An HTTP proxy in front of the server that modifies pages once `change` is set. */
  rewriter: Proxy
  /** Opens the page in a new browser: a different person. */
  visit: (options?: BrowserContextOptions & Visit) => Promise<Room>
  /** Joins the lobby or another room with a client of the plain dialect. */
  plain: (name: string, room?: string) => Promise<PlainClient>
}

export const test = base.extend<Fixtures>({
  flags: [[], { option: true }],

  server: async ({ flags }, use, testInfo) => {
    const server = await Server.start(flags)
    await use(server)
    await server.end()
    if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach('server.log', { body: server.log })
  },

  network: async ({ server }, use) => {
    const network = await Network.to(server.port)
    await use(network)
    network.end()
  },

  rewriter: async ({ server }, use) => {
    const proxy = await Proxy.to(server.port)
    await use(proxy)
    proxy.end()
  },

  visit: async ({ browser, server }, use) => {
    const problems: string[] = []
    const contexts: { close(): Promise<void> }[] = []
    await use(async ({ address = server.address, before, prepare, expected = [], hydrates = true, ...options } = {}) => {
      const context = await browser.newContext({ baseURL: address, ...options })
      contexts.push(context)
      if (before) await context.addInitScript(before)
      const page = await context.newPage()
      const ofForms = options.javaScriptEnabled === false ? [FORM_REFUSED] : []
      watch(page, problems, [SOCKET_FAILED, ...ofForms, ...expected])
      await prepare?.(page)
      const room = new Room(page)
      if (hydrates && options.javaScriptEnabled !== false) await room.open()
      else await page.goto('/')
      return room
    })
    for (const context of contexts) await context.close()
    expect(problems, 'console errors').toEqual([])
  },

  plain: async ({ server }, use) => {
    const clients: PlainClient[] = []
    await use(async (name, room) => {
      const client = await PlainClient.join(server.address, name, room)
      clients.push(client)
      return client
    })
    for (const client of clients) client.end()
  },
})

/** Adds uncaught errors and console errors of a page to `problems`, except expected ones. */
export function watch(page: Page, problems: string[], expected = [SOCKET_FAILED]) {
  page.on('pageerror', (error) => {
    if (!expected.some((known) => known.test(String(error)))) problems.push(String(error))
  })
  page.on('console', (line) => {
    if (line.type() === 'error' && !expected.some((known) => known.test(line.text()))) problems.push(line.text())
  })
}

export { expect }
