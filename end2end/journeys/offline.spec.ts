import { expect, test } from '../support/fixtures.ts'

test('without a network the page opens with what was said, and what is written is sent once when it is back', async ({
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
  await ana.hasKept('lobby', 'said in the lobby')
  await ana.hasKept('art', 'said in art', '👍')

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
  await ana.retryNow.click({ timeout: 5_000 }).catch(() => {})
  await expect(ana.messages).not.toContainText('waiting for the connection')
  await ben.page.goto('/r/art')
  await ben.reads('said in art', 'written without a network')
  await ana.says('and together again')
  await ben.reads('said in art', 'written without a network', 'and together again')
})

test('what the network has is shown as long as it answers, and what is kept soon after it does not', async ({
  wire,
  visit,
  plain,
}) => {
  const bot = await plain('bot')
  const ana = await (await visit({ address: wire.address })).joins('ana')
  bot.says('kept')
  await ana.reads('kept')
  await ana.opensOffline()
  await ana.hasKept('lobby', 'kept')
  for (const text of ['new', 'newer']) {
    await ana.page.goto('about:blank')
    bot.says(text)
    await bot.hears(text)
    const answer = await ana.page.goto('/')
    expect(answer!.headers()['cache-control']).toBe('no-store, no-transform')
    expect(await answer!.text()).toContain(`>${text}<`)
  }

  await ana.hasKept('lobby', 'newer')
  wire.stall()
  const began = performance.now()
  await ana.page.goto('/')
  await ana.reads('kept', 'new', 'newer')
  expect(performance.now() - began).toBeLessThan(12_000)
  wire.mend()
  bot.says('back')
  await ana.reads('kept', 'new', 'newer', 'back')
})

test('a newer version takes over, and a draft stays', async ({ wire, visit }) => {
  const ana = await (await visit({ address: wire.address })).joins('ana')
  await ana.says('said before')
  await ana.reads('said before')
  await ana.opensOffline()
  const build = () => ana.page.evaluate(() => document.querySelector('link[rel=preload][as=fetch]')?.getAttribute('href'))
  const before = await build()
  await ana.composer.fill('not sent yet')

  expect(before).not.toContain('newer')

  await wire.renew()
  await ana.page.reload()
  await ana.reads('said before')
  expect(await build()).toContain('newer')
  await expect(ana.composer).toHaveValue('not sent yet')
  await expect.poll(() => ana.page.evaluate(() => caches.keys())).toEqual([expect.stringContaining('newer')])
  await ana.opensOffline()

  wire.break()
  await ana.page.goto('/')
  await ana.reads('said before')
  expect(await build()).toContain('newer')
  await expect(ana.composer).toHaveValue('not sent yet')
  // And back to what the server had before, as somebody may do whose newer version was no good.
  wire.mend()
  wire.restore()
  await ana.page.reload()
  expect(await build()).toBe(before)
  await expect.poll(() => ana.page.evaluate(() => caches.keys())).toEqual([expect.not.stringContaining('newer')])
})

test('what comes just before a page is left is kept by the next one', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit()).joins('ana')
  bot.says('long before')
  await ana.hasKept('lobby', 'long before')
  for (const text of ['just before', 'and again']) {
    bot.says(text)
    await ana.reads(text)
    await ana.page.goto('/settings')
    const left = await ana.page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.startsWith('replica/')))
    expect(JSON.stringify([left, await ana.kept('lobby')])).toContain(text)
    await ana.open()
    await ana.hasKept('lobby', 'long before', text)
    await expect
      .poll(() => ana.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('replica/'))))
      .toEqual([])
  }
})

test('a room that is left is not there without a network', async ({ server, visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.makesRoom('art')
  await ana.says('said in art')
  await ana.opensOffline()
  await ana.hasKept('art', 'said in art')
  await ana.room('art').hover()
  await ana.rooms.getByRole('button', { name: 'Leave #art' }).click()
  await expect(ana.heading).toHaveText('#lobby')
  await expect.poll(() => ana.kept('art')).toEqual([])
  await server.stop()
  await ana.page.goto('/')
  await expect(ana.room('lobby')).toBeVisible()
  await expect(ana.room('art')).toHaveCount(0)
})

test('who signs out leaves nothing behind', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.makesRoom('art')
  await ana.says('mine')
  await ana.reads('mine')
  await ana.hasKept('art', 'mine')
  await ana.opensMenu('Sign out')
  await expect(ana.nameBox).toBeVisible()
  await expect.poll(() => ana.kept('art')).toEqual([])
  expect(await ana.page.evaluate(() => localStorage.getItem('name'))).toBe(null)
})

test.describe('a room with a long past', () => {
  test.use({ flags: ['--limits', 'off'] })

  test('its last thousand messages are there without a network, and are searched within 50 ms @alone', async ({
    server,
    visit,
    plain,
  }) => {
    const bot = await plain('bot')
    for (let i = 1; i <= 1_200; i++) bot.says(`message ${i} of many, and some more words for a line`)
    await bot.hears('message 1200 of many, and some more words for a line')
    const ana = await (await visit()).joins('ana')
    await ana.opensOffline()
    await expect.poll(async () => (await ana.kept('lobby')).length).toBe(1_001)
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
