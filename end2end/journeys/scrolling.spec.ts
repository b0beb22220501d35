import type { CDPSession } from '@playwright/test'

import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'
import { startScrollRecording, finishScrollRecording } from '../support/scrolling.ts'

test.use({ flags: ['--limits', 'off'] })

// In a new browser profile each time, because messages read before are in the browser's store.
const RUNS = 1
// Less than the height of 640 messages, so that their start is not reached.
const DISTANCE = 12_000

const WHEELS = [
  { pixels: 120, every: 16 },
  { pixels: 200, every: 16 },
  { pixels: 600, every: 50 },
]

/** Turns a mouse wheel as a person does: without waiting for the page between two steps. */
async function turnWheel(browser: CDPSession, pixels: number, every: number) {
  const start = performance.now()
  const steps: Promise<unknown>[] = []
  for (let step = 1; step * pixels <= DISTANCE; step++) {
    const wheel = { type: 'mouseWheel' as const, x: 720, y: 450, deltaX: 0, deltaY: -pixels }
    steps.push(browser.send('Input.dispatchMouseEvent', wheel))
    await new Promise((next) => setTimeout(next, start + step * every - performance.now()))
  }
  await Promise.all(steps)
}

async function expectStablePositions(room: Room, scroll: () => Promise<unknown>) {
  await startScrollRecording(room.page)
  await scroll()
  const { up, back, moved, shifted } = await finishScrollRecording(room.page)
  expect(moved, 'pixels that a message moved other than by scrolling').toBeLessThanOrEqual(1)
  expect(back, 'pixels that the log scrolled back').toBeLessThanOrEqual(1)
  expect(shifted, 'cumulative layout shift').toBeLessThan(0.01)
  return up
}

test('the messages in view do not jump while older ones load during fast scrolling', { tag: '@alone' }, async ({ visit, plain }) => {
  test.setTimeout(120_000)
  const bot = await plain('bot')
  for (let i = 1; i <= 640; i++) bot.says(`message ${i} ${'and more words '.repeat(i % 7)}`.trim())
  await bot.receives('message 637')

  for (let run = 0; run < RUNS; run++) {
    for (const { pixels, every } of WHEELS) {
      const ana = await visit({ viewport: { width: 1440, height: 900 } })
      const browser = await ana.page.context().newCDPSession(ana.page)
      const up = await expectStablePositions(ana, () => turnWheel(browser, pixels, every))
      // Only the wheel has scrolled the log, and nothing has stopped it.
      expect(up, `pixels that a wheel of ${pixels} every ${every} ms scrolled`).toBeCloseTo(DISTANCE, -1)
      await ana.page.context().close()
    }

    const ben = await visit({ viewport: { width: 1440, height: 900 } })
    await ben.messages.focus()
    const pages = 12
    const up = await expectStablePositions(ben, async () => {
      for (let page = 0; page < pages; page++) await ben.page.keyboard.down('PageUp')
      await ben.page.keyboard.up('PageUp')
    })
    expect(up).toBeGreaterThan(await ben.messages.evaluate((log) => log.clientHeight))
    expect(up).toBeLessThanOrEqual(await ben.messages.evaluate((log, pages) => log.clientHeight * pages, pages))
    await ben.page.context().close()

    const phone = await visit({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
    const finger = await phone.page.context().newCDPSession(phone.page)
    const swiped = await expectStablePositions(phone, async () => {
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

test('jumping to the top reaches the start of the room as its messages load', async ({ visit, plain }) => {
  const bot = await plain('bot')
  for (let i = 1; i <= 300; i++) bot.says(`message ${i}`)
  await bot.receives('message 300')
  const ana = await visit({ viewport: { width: 1440, height: 900 } })
  // Older messages enter the reserve above the rows. Before it is there, Home ends at the oldest loaded message.
  const reserve = ana.messages.locator('.col > :first-child')
  await expect.poll(() => reserve.evaluate((element) => element.clientHeight)).toBeGreaterThan(0)
  await ana.messages.focus()
  await ana.page.keyboard.press('Home')
  await expect(ana.messages.getByText('This is the start of')).toBeInViewport()
  await expect(ana.message('message 1')).toBeInViewport()
  await ana.page.keyboard.press('End')
  await expect(ana.message('message 300')).toBeInViewport()
})
