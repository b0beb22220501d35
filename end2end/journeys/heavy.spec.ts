import type { CDPSession } from '@playwright/test'

import { CROWD, crowd } from '../gallery/fill.ts'
import type { Room } from '../pages/room.ts'
import { PlainClient } from '../support/plain.ts'
import { expect, test } from '../support/fixtures.ts'

test.use({ flags: ['--limits', 'off'] })

declare global {
  interface Window {
    /** How far things that stood in view were shifted, as Chromium's Cumulative Layout Shift counts. */
    shifted: number
  }
}

/** Collects what holds the page up, and what shifts, from now on. */
async function watches(room: Room) {
  await room.page.evaluate(() => {
    window.held = []
    window.shifted = 0
    new PerformanceObserver((list) => window.held.push(...list.getEntries().map((entry) => entry.duration))).observe({
      type: 'longtask',
    })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shifted += (entry as unknown as { value: number }).value
    }).observe({ type: 'layout-shift' })
  })
}

async function weighs(browser: CDPSession) {
  await browser.send('HeapProfiler.collectGarbage')
  const { metrics } = await browser.send('Performance.getMetrics')
  const metric = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? NaN
  return { heap: metric('JSHeapUsedSize'), nodes: metric('Nodes') }
}

test('a crowd that comes and goes does not hold the page up', { tag: '@alone' }, async ({ server, visit }) => {
  test.setTimeout(120_000)
  const goes = await crowd(server.address)
  const ana = await visit()
  await ana.comesAlive(() => ana.page.goto('/r/crowd'))
  await ana.joins('Ana')
  await expect(ana.page.locator('aside.people')).toContainText((CROWD + 1).toLocaleString('en'))
  // What it takes to come is over with the first message.
  await ana.says('hello')
  await ana.reads('hello')
  await watches(ana)
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
  const held = await ana.page.evaluate(() => window.held)
  console.log(`crowd: ${held.length} tasks over 50 ms, the longest ${Math.max(0, ...held).toFixed(0)} ms`)
  expect(Math.max(0, ...held), 'milliseconds of the longest task').toBeLessThan(100)
  goes()
})

test('nothing shifts while ten pages load above, and what was scrolled through leaves no weight', { tag: '@alone' }, async ({ visit, plain }) => {
  test.setTimeout(180_000)
  const bot = await plain('bot')
  for (let i = 1; i <= 2_000; i++) bot.says(`message ${i} ${'and more words '.repeat(i % 7)}`.trim())
  await bot.hears('message 1995')
  const ana = await visit({ viewport: { width: 1440, height: 900 } })
  const browser = await ana.page.context().newCDPSession(ana.page)
  await browser.send('Performance.enable')
  await ana.reads('message 1995')
  await watches(ana)
  const weights: { heap: number; nodes: number }[] = []
  for (let round = 0; round < 3; round++) {
    await ana.page.mouse.move(720, 450)
    // As a wheel does it: ten pages of fifty are some 25,000 pixels.
    for (let way = 0; way < 30_000; way += 300) {
      await ana.page.mouse.wheel(0, -300)
      await ana.page.evaluate(() => new Promise(requestAnimationFrame))
    }
    const first = () => ana.messages.evaluate((log) => Number(/message (\d+)/.exec(log.querySelector('.body')?.textContent ?? '')?.[1]))
    expect(await first(), 'ten pages up').toBeLessThan(1_500)
    weights.push(await weighs(browser))
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
