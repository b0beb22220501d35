import { expect, test } from '../support/fixtures.ts'

test('without a network the page opens with the stored messages, and new ones are sent once when it is back', async ({
  server,
  visit,
}) => {
  const ana = await (await visit()).joins('ana')
  const ben = await (await visit()).joins('ben')
  await ben.says('said in the lobby')
  await ana.reads('said in the lobby')
  await ana.makesRoom('art')
  await ana.says('said in art')
  await ana.reads('said in art')
  await ana.reacts('said in art', '👍')
  await ana.opensOffline()
  await ana.hasStored('lobby', 'said in the lobby')
  await ana.hasStored('art', 'said in art', '👍')

  await server.stop()
  await ana.page.goto('/r/art')
  await ana.reads('said in art')
  await expect(ana.messages.getByRole('button', { name: /👍/ })).toBeVisible()
  await ana.says('written without a network')
  await ana.reads('said in art', 'written without a network')
  await ana.goesTo('lobby')
  await ana.reads('said in the lobby')
  await ana.page.reload()
  await ana.reads('said in the lobby')
  await ana.goesTo('art')
  await ana.reads('said in art', 'written without a network')

  await server.start()
  await ana.reconnectsNow()
  await expect(ana.messages).not.toContainText('waiting for the connection')
  await ben.page.goto('/r/art')
  await ben.reads('said in art', 'written without a network')
  await ana.says('and together again')
  await ben.reads('said in art', 'written without a network', 'and together again')
})

test('the page comes from the network while it responds, and soon from the cache if it does not', async ({
  network,
  visit,
  plain,
}) => {
  const bot = await plain('bot')
  const ana = await (await visit({ address: network.address })).joins('ana')
  bot.says('kept')
  await ana.reads('kept')
  await ana.opensOffline()
  await ana.hasStored('lobby', 'kept')
  for (const text of ['new', 'newer']) {
    await ana.page.goto('about:blank')
    bot.says(text)
    await bot.receives(text)
    const answer = await ana.page.goto('/')
    expect(answer!.headers()['cache-control']).toBe('no-store, no-transform')
    expect(await answer!.text()).toContain(`>${text}<`)
  }

  await ana.hasStored('lobby', 'newer')
  network.stall()
  const began = performance.now()
  await ana.page.goto('/')
  await ana.reads('kept', 'new', 'newer')
  expect(performance.now() - began).toBeLessThan(12_000)
  network.reconnect()
  bot.says('back')
  await ana.reads('kept', 'new', 'newer', 'back')
})

test('a newer build is loaded, and the draft is kept', async ({ network, visit }) => {
  const ana = await (await visit({ address: network.address })).joins('ana')
  await ana.says('said before')
  await ana.reads('said before')
  await ana.opensOffline()
  const build = () => ana.page.evaluate(() => document.querySelector('link[rel=preload][as=fetch]')?.getAttribute('href'))
  const before = await build()
  await ana.composer.fill('not sent yet')

  expect(before).not.toContain('newer')

  await network.serveNewBuild()
  await ana.page.reload()
  await ana.reads('said before')
  expect(await build()).toContain('newer')
  await expect(ana.composer).toHaveValue('not sent yet')
  await expect.poll(() => ana.page.evaluate(() => caches.keys())).toEqual([expect.stringContaining('newer')])
  await ana.opensOffline()

  network.disconnect()
  await ana.page.goto('/')
  await ana.reads('said before')
  expect(await build()).toContain('newer')
  await expect(ana.composer).toHaveValue('not sent yet')
  // And back to the previous build, as after a rollback.
  network.reconnect()
  network.serveOriginalBuild()
  await ana.page.reload()
  expect(await build()).toBe(before)
  await expect.poll(() => ana.page.evaluate(() => caches.keys())).toEqual([expect.not.stringContaining('newer')])
})

test('a message that arrives just before navigation is stored by the next page', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit()).joins('ana')
  bot.says('long before')
  await ana.hasStored('lobby', 'long before')
  for (const text of ['just before', 'and again']) {
    bot.says(text)
    await ana.reads(text)
    await ana.page.goto('/settings')
    const left = await ana.page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith('replica/')))
    expect(JSON.stringify([left, await ana.storedMessages('lobby')])).toContain(text)
    await ana.open()
    await ana.hasStored('lobby', 'long before', text)
    await expect
      .poll(() => ana.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('replica/'))))
      .toEqual([])
  }
})

test('a room that was left is not available offline', async ({ server, visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.makesRoom('art')
  await ana.says('said in art')
  await ana.opensOffline()
  await ana.hasStored('art', 'said in art')
  await ana.room('art').hover()
  await ana.rooms.getByRole('button', { name: 'Leave #art' }).click()
  await expect(ana.heading).toHaveText('#lobby')
  await expect.poll(() => ana.storedMessages('art')).toEqual([])
  await server.stop()
  await ana.page.goto('/')
  await expect(ana.room('lobby')).toBeVisible()
  await expect(ana.room('art')).toHaveCount(0)
})

test('signing out deletes all stored data', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.makesRoom('art')
  await ana.says('mine')
  await ana.reads('mine')
  await ana.hasStored('art', 'mine')
  await ana.opensMenu('Sign out')
  await expect(ana.nameBox).toBeVisible()
  await expect.poll(() => ana.storedMessages('art')).toEqual([])
  expect(await ana.page.evaluate(() => localStorage.getItem('name'))).toBe(null)
})

test.describe('a room with a long past', () => {
  test.use({ flags: ['--limits', 'off'] })

  test('its last thousand messages are available offline and are searched within 50 ms @alone', async ({
    server,
    visit,
    plain,
  }) => {
    const bot = await plain('bot')
    for (let i = 1; i <= 1_200; i++) bot.says(`message ${i} of many, and some more words for a line`)
    await bot.receives('message 1200 of many, and some more words for a line')
    const ana = await (await visit()).joins('ana')
    await ana.opensOffline()
    await expect.poll(async () => (await ana.storedMessages('lobby')).length).toBe(1_001)
    expect(await ana.messages.getByRole('article').count()).toBeLessThanOrEqual(60)

    await server.stop()
    await ana.page.goto('/')
    await expect(ana.message('message 1200 of many, and some more words for a line')).toBeVisible()
    const search = await ana.opensSearch()
    const found = ana.page.getByRole('list', { name: 'Search results' }).getByRole('link')
    const took = await search.evaluate((box: HTMLInputElement) => {
      const began = performance.now()
      box.value = '"MESSAGE 99'
      box.dispatchEvent(new Event('input', { bubbles: true }))
      return new Promise<number>((resolve) => requestAnimationFrame(() => resolve(performance.now() - began)))
    })
    await expect(found).toHaveCount(10)
    test.info().annotations.push({ type: 'search', description: `${took.toFixed(1)} ms` })
    expect(took).toBeLessThan(50)

    await search.fill('message 201 of')
    await found.click()
    await expect(ana.message('message 201 of many, and some more words for a line')).toBeInViewport()
    await search.fill('"message 200 of"')
    await expect(found).toHaveCount(0)
    await expect(ana.page.getByRole('status').filter({ hasText: 'no connection' })).toBeVisible()
  })
})
