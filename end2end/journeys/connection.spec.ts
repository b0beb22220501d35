import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

test('a message written during a server restart is pending and sent once', async ({ server, visit }) => {
  const ana = await (await visit()).joins('ana')
  const ben = await (await visit()).joins('ben')
  await ana.says('before')
  await ben.reads('before')

  await server.stop()
  await ana.says('meanwhile')
  await ana.reads('meanwhile')
  await expect(ana.retryNow).toBeVisible()
  await expect(ana.messages).toContainText('waiting for the connection')
  await ana.says('and more')
  await ana.reads('meanwhile', 'and more')
  expect(await ben.visibleTexts(['meanwhile', 'and more'])).toEqual([])

  await server.start()
  await ana.retryNow.click()
  await ben.reads('meanwhile', 'and more')
  await expect(ana.retryNow).toBeHidden()
  await expect(ana.messages).not.toContainText('waiting for the connection')
  await ana.says('after')
  await ben.reads('meanwhile', 'and more', 'after')
  await ana.reads('meanwhile', 'and more', 'after')
  for (const room of [ana, ben]) {
    await expect(room.people).toContainText('ana')
    await expect(room.people).toContainText('ben')
  }
  const late = await visit()
  await late.reads('before', 'meanwhile', 'and more', 'after')
})

test('twenty messages written offline survive closing the tab, and two tabs send them once', async ({ server, visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.says('before')
  await ana.reads('before')
  await server.stop()
  const written = Array.from({ length: 20 }, (_, i) => `written offline, ${i + 1}`)
  for (const text of written) await ana.says(text)
  await ana.reads(...written)
  await ana.page.close({ runBeforeUnload: false })

  await server.start()
  const tabs = [await ana.opensNewTab(), await ana.opensNewTab()]
  const ben = await visit()
  for (const room of [...tabs, ben]) await room.reads('before', ...written)
  for (const tab of tabs) await expect(tab.messages).not.toContainText('waiting for the connection')
  const posted = tabs.flatMap((tab) => tab.posted)
  expect(posted).toHaveLength(20)
  expect(new Set(posted).size).toBe(20)
})

test('another open tab sends what a closed tab left unsent', async ({ network, visit }) => {
  const ana = await (await visit({ address: network.address })).joins('ana')
  const other = await ana.opensNewTab()
  network.disconnect()
  await ana.says('left behind')
  await ana.reads('left behind')
  await ana.page.close({ runBeforeUnload: false })
  network.reconnect()
  await other.reads('left behind')
  await expect(other.messages).not.toContainText('waiting for the connection')
  expect(other.posted).toHaveLength(1)
})

test('pending messages survive a reload', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit()).joins('ana')
  // From here on the page loads, but its WebSocket cannot connect.
  let tries = 0
  await ana.page.routeWebSocket(/\/ws\/chat/, (socket) => {
    tries++
    void socket.close({ code: 4001 })
  })
  await ana.page.reload()
  await expect.poll(() => tries).toBeGreaterThan(0)
  await ana.says('kept')
  await ana.reads('kept')
  await ana.page.reload()
  await ana.reads('kept')
  expect(bot.received).toHaveLength(2)

  await ana.page.routeWebSocket(/\/ws\/chat/, (socket) => void socket.connectToServer())
  await ana.page.reload()
  await bot.receives('kept')
  await ana.reads('kept')
})

test('a burst over a connection that is cut repeatedly arrives once and in order', async ({ network, visit, plain }) => {
  const bot = await plain('bot')
  const ben = await (await visit()).joins('ben')
  const ana = await (await visit({ address: network.address })).joins('ana')

  const burst = Array.from({ length: 20 }, (_, i) => `message ${i + 1} of the burst`)
  for (const [i, text] of burst.entries()) {
    await ana.says(text)
    if (i === 6 || i === 13) network.cut()
  }
  await ana.reads(...burst)
  await ben.reads(...burst)
  await bot.receives(...burst)
})

test('messages missed while disconnected appear', async ({ network, visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit({ address: network.address })).joins('ana')
  bot.says('before')
  await ana.reads('before')
  network.cut()
  const missed = Array.from({ length: 10 }, (_, i) => `missed ${i}`)
  for (const text of missed) bot.says(text)
  await bot.receives(...missed)
  await ana.reads('before', ...missed)
})

test('a device without a network shows so within six seconds and loses nothing when it is back', async ({ visit }) => {
  const ben = await (await visit()).joins('ben')
  const ana = await (await visit()).joins('ana')
  await ana.says('before')
  await ben.reads('before')
  // The WebSocket is neither closed nor receives anything.
  await ana.page.context().setOffline(true)
  const offline = ana.page.getByText('This device is offline.')
  await expect(offline).toBeVisible({ timeout: 6_000 })
  await ana.says('meanwhile')
  await expect(ana.messages).toContainText('waiting for the connection')
  await ana.page.context().setOffline(false)
  await ben.reads('before', 'meanwhile')
  await expect(offline).toBeHidden()
  await expect(ana.retryNow).toBeHidden()
})

test.describe('without limits', () => {
  test.use({ flags: ['--limits', 'off'] })

  test('a client that missed five thousand events, including edits and deletions, shows the same as a new one without a reload', async ({
    network,
    visit,
    plain,
  }) => {
    test.setTimeout(120_000)
    const bot = await plain('bot')
    const ana = await (await visit({ address: network.address })).joins('ana')
    bot.says('before')
    await ana.reads('before')
    await ana.page.evaluate(() => (document.body.dataset.loaded = 'once'))
    network.disconnect()
    for (let i = 1; i <= 4950; i++) bot.says(`missed ${i}`)
    await bot.receives('missed 4950')
    const ben = await (await visit()).joins('ben')
    const written = Array.from({ length: 20 }, (_, i) => `written by ben, ${i + 1}`)
    for (const text of written) await ben.says(text)
    await bot.receives(...written)
    for (const text of written.slice(0, 10)) {
      await ben.usesAction(text, 'Edit')
      await ben.says(`${text}, and changed`, 'Save')
      await ben.reads(`${text}, and changed`)
    }
    for (const text of written.slice(10)) {
      await ben.usesAction(text, 'Delete')
      await expect(ben.message(text)).toBeHidden()
    }
    for (let i = 1; i <= 10; i++) bot.says(`afterwards ${i}`)
    await bot.receives('afterwards 10')
    network.reconnect()
    // Unless the page has just reconnected automatically.
    await ana.reconnectsNow()
    await ana.reads('afterwards 10')
    const fresh = await visit()
    const seen = (room: Room) => room.messages.getByRole('article').allInnerTexts()
    await expect.poll(async () => (await seen(ana)).slice(-40)).toEqual((await seen(fresh)).slice(-40))
    await ana.reads(...written.slice(0, 10).map((text) => `${text}, and changed`), 'afterwards 10')
    await expect(ana.messages.getByText('This message was deleted.')).toHaveCount(10)
    await expect(ana.message('afterwards 10')).toBeInViewport()
    expect(await ana.page.evaluate(() => document.body.dataset.loaded)).toBe('once')
  })
})
