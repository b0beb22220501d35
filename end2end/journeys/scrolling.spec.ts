import type { CDPSession } from '@playwright/test'

import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'
import { recordScrolling, scrollingRecorded } from '../support/scrolling.ts'

test.use({ flags: ['--limits', 'off'] })

// On a profile of its own each time: what has been read before is in the browser's store.
const RUNS = 1
// Less than 640 messages are high, so that nobody gets to their start.
const WAY = 12_000

const WHEELS = [
  { pixels: 120, every: 16 },
  { pixels: 200, every: 16 },
  { pixels: 600, every: 50 },
]

/** Turns a wheel as a hand does: without waiting for the page between two steps. */
async function turnWheel(browser: CDPSession, pixels: number, every: number) {
  const start = performance.now()
  const steps: Promise<unknown>[] = []
  for (let step = 1; step * pixels <= WAY; step++) {
    const wheel = { type: 'mouseWheel' as const, x: 720, y: 450, deltaX: 0, deltaY: -pixels }
    steps.push(browser.send('Input.dispatchMouseEvent', wheel))
    await new Promise((next) => setTimeout(next, start + step * every - performance.now()))
  }
  await Promise.all(steps)
}

async function staysInPlace(room: Room, scroll: () => Promise<unknown>) {
  await recordScrolling(room.page)
  await scroll()
  const { up, back, moved, shifted } = await scrollingRecorded(room.page)
  expect(moved, 'pixels that a message moved by anything but the scrolling').toBeLessThanOrEqual(1)
  expect(back, 'pixels that the log went back').toBeLessThanOrEqual(1)
  expect(shifted, 'cumulative layout shift').toBeLessThan(0.01)
  return up
}

test('what is read stays in its place while somebody scrolls up fast and older messages come', { tag: '@alone' }, async ({ visit, plain }) => {
  test.setTimeout(120_000)
  const bot = await plain('bot')
  for (let i = 1; i <= 640; i++) bot.says(`message ${i} ${'and more words '.repeat(i % 7)}`.trim())
  await bot.hears('message 637')

  for (let run = 0; run < RUNS; run++) {
    for (const { pixels, every } of WHEELS) {
      const ana = await visit({ viewport: { width: 1440, height: 900 } })
      const browser = await ana.page.context().newCDPSession(ana.page)
      const up = await staysInPlace(ana, () => turnWheel(browser, pixels, every))
      // Nothing but the wheel has scrolled, and nothing has stopped it.
      expect(up, `pixels that a wheel of ${pixels} every ${every} ms scrolled`).toBeCloseTo(WAY, -1)
      await ana.page.context().close()
    }

    const ben = await visit({ viewport: { width: 1440, height: 900 } })
    await ben.messages.focus()
    const pages = 12
    const up = await staysInPlace(ben, async () => {
      for (let page = 0; page < pages; page++) await ben.page.keyboard.down('PageUp')
      await ben.page.keyboard.up('PageUp')
    })
    expect(up).toBeGreaterThan(await ben.messages.evaluate((log) => log.clientHeight))
    expect(up).toBeLessThanOrEqual(await ben.messages.evaluate((log, pages) => log.clientHeight * pages, pages))
    await ben.page.context().close()

    const phone = await visit({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
    const finger = await phone.page.context().newCDPSession(phone.page)
    const swiped = await staysInPlace(phone, async () => {
      for (let swipe = 0; swipe < 12; swipe++) {
        await finger.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x: 195, y: 200 }] })
        for (let y = 225; y <= 650; y += 25)
          await finger.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [{ x: 195, y }] })
        await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
      }
    })
    expect(swiped, 'pixels that a finger scrolled').toBeGreaterThan(12 * 400)
    await phone.page.context().close()
  }
})

test('whoever goes to the top at once gets to the start of the room, as its messages come', async ({ visit, plain }) => {
  const bot = await plain('bot')
  for (let i = 1; i <= 300; i++) bot.says(`message ${i}`)
  await bot.hears('message 300')
  const ana = await visit({ viewport: { width: 1440, height: 900 } })
  await ana.messages.focus()
  await ana.page.keyboard.press('Home')
  await expect(ana.messages.getByText('This is the start of')).toBeInViewport()
  await expect(ana.message('message 1')).toBeInViewport()
  await ana.page.keyboard.press('End')
  await expect(ana.message('message 300')).toBeInViewport()
})
