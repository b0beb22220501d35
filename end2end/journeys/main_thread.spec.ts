import type { CDPSession } from '@playwright/test'

import { CROWD, crowd } from '../gallery/fill.ts'
import type { Room } from '../pages/room.ts'
import { PlainClient } from '../support/plain_client.ts'
import { expect, test } from '../support/fixtures.ts'

test.use({ flags: ['--limits', 'off'] })

declare global {
  interface Window {
    /** Chromium's Cumulative Layout Shift of elements in view. */
    shifted: number
  }
}

/** Starts recording long tasks and layout shifts. */
async function observePerformance(room: Room) {
  await room.page.evaluate(() => {
    window.longTasks = []
    window.shifted = 0
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((entry) => entry.duration))).observe({
      type: 'longtask',
    })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shifted += (entry as unknown as { value: number }).value
    }).observe({ type: 'layout-shift' })
  })
}

async function measureMemory(browser: CDPSession) {
  await browser.send('HeapProfiler.collectGarbage')
  const { metrics } = await browser.send('Performance.getMetrics')
  const metric = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? NaN
  return { heap: metric('JSHeapUsedSize'), nodes: metric('Nodes') }
}

test('many people joining and leaving do not block the main thread', { tag: '@alone' }, async ({ server, visit }) => {
  test.setTimeout(120_000)
  const goes = await crowd(server.address)
  const ana = await visit()
  await ana.loadAndHydrate(() => ana.page.goto('/r/crowd'))
  await ana.joins('Ana')
  await expect(ana.page.locator('aside.people')).toContainText((CROWD + 1).toLocaleString('en'))
  // Loading the page is complete with the first message.
  await ana.says('hello')
  await ana.reads('hello')
  await observePerformance(ana)
  for (let round = 0; round < 5; round++) {
    const some = await Promise.all(
      Array.from({ length: 40 }, (_, index) => PlainClient.join(server.address, `Late ${round}-${index}`, 'crowd')),
    )
    some[0]?.says(`round ${round}`)
    await ana.reads(`round ${round}`)
    some.forEach((client) => client.end())
    await ana.people.evaluate((list) => (list.scrollTop += 400))
  }
  await ana.composer.pressSequentially('written in a crowd', { delay: 5 })
  const longTasks = await ana.page.evaluate(() => window.longTasks)
  console.log(`crowd: ${longTasks.length} tasks over 50 ms, the longest ${Math.max(0, ...longTasks).toFixed(0)} ms`)
  expect(Math.max(0, ...longTasks), 'milliseconds of the longest task').toBeLessThan(100)
  goes()
})

test('loading ten pages above causes no layout shift, and rows scrolled out of view use no memory', { tag: '@alone' }, async ({ visit, plain }) => {
  test.setTimeout(180_000)
  const bot = await plain('bot')
  for (let i = 1; i <= 2_000; i++) bot.says(`message ${i} ${'and more words '.repeat(i % 7)}`.trim())
  await bot.receives('message 1995')
  const ana = await visit({ viewport: { width: 1440, height: 900 } })
  const browser = await ana.page.context().newCDPSession(ana.page)
  await browser.send('Performance.enable')
  await ana.reads('message 1995')
  await observePerformance(ana)
  const weights: { heap: number; nodes: number }[] = []
  for (let round = 0; round < 3; round++) {
    await ana.page.mouse.move(720, 450)
    // Like a mouse wheel: ten pages of fifty messages are about 25,000 pixels.
    for (let way = 0; way < 30_000; way += 300) {
      await ana.page.mouse.wheel(0, -300)
      await ana.page.evaluate(() => new Promise(requestAnimationFrame))
    }
    const first = () => ana.messages.evaluate((log) => Number(/message (\d+)/.exec(log.querySelector('.body')?.textContent ?? '')?.[1]))
    expect(await first(), 'ten pages up').toBeLessThan(1_500)
    weights.push(await measureMemory(browser))
    await ana.page.getByRole('button', { name: /newest|new since/ }).click()
    await ana.reads('message 1995')
  }
  const shifted = await ana.page.evaluate(() => window.shifted)
  const [first, , last] = weights
  console.log(`shifted ${shifted}; ${JSON.stringify(weights)}`)
  expect(shifted, 'cumulative layout shift').toBe(0)
  expect(last!.nodes, 'nodes after the third time').toBeLessThan(first!.nodes * 1.1)
  expect(last!.heap, 'bytes after the third time').toBeLessThan(first!.heap * 1.2)
})
