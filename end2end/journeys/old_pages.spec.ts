import { expect, test } from '../support/fixtures.ts'

const ID = '0000000000000000000000000000000'

/**
 * What a page of an earlier build has left in the browser: two messages, a reaction to message 1, and a draft.
 * `app/tests/stored_forms` has complete values of these builds.
 */
const LEFT: Record<string, (author: { id: string; name: string }) => Record<string, object | string>> = {
  '1728c87': (author) => ({
    [`outbox/old-tab/${ID}1`]: { room: 'lobby', client_id: `${ID}1`, author, at: 1, body: 'typed in an old page' },
    [`outbox/old-tab/${ID}2`]: {
      room: 'lobby',
      client_id: `${ID}2`,
      author,
      at: 2,
      body: 'and a reply',
      reply_to: { seq: 1, author, excerpt: 'said before' },
    },
    [`outbox/old-tab/${ID}3`]: { room: 'lobby', client_id: `${ID}3`, author, at: 3, target: 1, emoji: '👍', on: true },
    'draft/lobby': 'half a draft',
  }),
  e2d7357: (author) => ({
    [`outbox/old-tab/${ID}1`]: {
      room: 'lobby',
      client_id: `${ID}1`,
      author,
      at: 1,
      body: 'typed in an old page',
      mentions: [],
    },
    [`outbox/old-tab/${ID}2`]: { room: 'lobby', client_id: `${ID}2`, author, at: 2, body: 'and a reply', mentions: [] },
    [`outbox/old-tab/${ID}3`]: { room: 'lobby', client_id: `${ID}3`, author, at: 3, target: 1, emoji: '👍', on: true },
    'draft/2/old-tab/4': { room: 'lobby', text: 'half a draft', at: 10_020, offered: false },
  }),
}

for (const [commit, left] of Object.entries(LEFT)) {
  test(`unsent messages and a draft of a page of ${commit} are sent and shown by a new build`, async ({ network, visit }) => {
    const ana = await (await visit({ address: network.address })).joins('ana')
    await ana.says('said before')
    await ana.reads('said before')
    const id = await ana.page.evaluate(() => localStorage.getItem('session')!)
    const items = Object.entries(left({ id, name: 'ana' })).map(
      ([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)] as const,
    )
    await ana.page.evaluate((items) => items.forEach(([key, value]) => localStorage.setItem(key, value)), items)

    // The page that is open belongs to the build before, and is reloaded when the server has become another one.
    await network.serveNewBuild()
    await ana.reads('typed in an old page', 'and a reply')
    await expect(ana.composer).toHaveValue('half a draft')
    await expect(ana.article('said before').first()).toContainText('👍')
    const build = await ana.page.evaluate(() => document.querySelector('link[rel=preload][as=fetch]')?.getAttribute('href'))
    expect(build).toContain('newer')
    const reader = await visit()
    await reader.reads('typed in an old page', 'and a reply')
    await expect.poll(() => ana.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('outbox/')))).toEqual([])
  })
}
