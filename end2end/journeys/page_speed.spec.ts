import { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

/** A slow phone on a slow network, with the values of Lighthouse: 1.6 Mbit/s, 150 ms round trip, a quarter of a core. */
const SLOW = { latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 }
const SLOWER_BY = 4

declare global {
  interface Window {
    /** When the first content was painted, and whether it contained messages. */
    painted?: { at: number; messages: number }
    /** Duration of each long task in milliseconds. */
    longTasks: number[]
  }
}

test('a first visit on a slow phone shows messages before hydration', { tag: '@alone' }, async ({ browser, server, plain }) => {
  const bot = await plain('bot')
  for (let i = 1; i <= 30; i++) bot.says(`message ${i}`)
  await bot.receives('message 30')
  const context = await browser.newContext({ baseURL: server.address, viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', { offline: false, ...SLOW })
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER_BY })
  await page.addInitScript(() => {
    new PerformanceObserver((list, observer) => {
      for (const { name, startTime } of list.getEntries()) {
        if (name !== 'first-contentful-paint') continue
        window.painted = { at: startTime, messages: document.querySelectorAll('[role=log] article').length }
        observer.disconnect()
      }
    }).observe({ type: 'paint', buffered: true })
  })
  const room = new Room(page)
  await room.open()
  const alive = await page.evaluate(() => performance.now())
  await room.joins('ana')
  await room.says('here')
  await bot.receives('here')

  const painted = await page.evaluate(() => window.painted!)
  const transferred = await page.evaluate(() =>
    [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
      .map((entry) => (entry as PerformanceResourceTiming).transferSize)
      .reduce((sum, size) => sum + size, 0),
  )
  const figures = `painted after ${painted.at.toFixed(0)} ms, alive after ${alive.toFixed(0)} ms, ${(transferred / 1024).toFixed(0)} KiB`
  test.info().annotations.push({ type: 'figures', description: figures })
  console.log(figures)
  expect(painted.messages, 'messages in the first paint').toBeGreaterThanOrEqual(20)
  expect(painted.at, 'first paint, in milliseconds').toBeLessThan(alive)
  await context.close()
})

test.describe('ten thousand messages', () => {
  test.use({ flags: ['--limits', 'off'] })

  test('can be scrolled with few rows in the document, and typing below them is not delayed', { tag: '@alone' }, async ({ visit, plain }) => {
    test.setTimeout(180_000)
    const bot = await plain('bot')
    for (let i = 1; i <= 10_000; i++) bot.says(`message ${i} with *some* words in it`)
    await bot.receives('message 10000 with *some* words in it')
    const ana = await (await visit({ viewport: { width: 1440, height: 900 } })).joins('ana')
    await ana.page.evaluate(() => {
      window.longTasks = []
      new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({
        type: 'longtask',
      })
    })
    const rows = await ana.messages.evaluate(async (log) => {
      const frame = () => new Promise(requestAnimationFrame)
      let [most, still] = [0, 0]
      while (still < 60) {
        const from = log.scrollTop
        log.scrollTop -= 600
        await frame()
        most = Math.max(most, log.querySelectorAll('article').length)
        still = log.scrollTop === from ? still + 1 : 0
      }
      return most
    })
    await expect(ana.message('message 1 with some words in it')).toBeInViewport()
    const scrolling = await ana.page.evaluate(() => window.longTasks.splice(0))
    console.log(`${scrolling.length} tasks over 50 ms, the longest ${Math.max(0, ...scrolling).toFixed(0)} ms`)
    await ana.composer.pressSequentially('written far from the end', { delay: 5 })
    const typing = await ana.page.evaluate(() => window.longTasks)
    expect(rows, 'rows in the document').toBeLessThanOrEqual(320)
    expect(Math.max(0, ...typing), 'milliseconds of the longest task while typing').toBeLessThan(100)
  })
})
