import type { Locator } from '@playwright/test'

import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, reducedMotion: 'reduce' as const }

/** Moves one finger from a point by an offset, and lifts it unless `lifts` is false. */
async function moves(room: Room, from: { x: number; y: number }, by: { x: number; y: number }, lifts = true) {
  const touch = await room.page.context().newCDPSession(room.page)
  const at = (part: number) => [{ x: from.x + by.x * part, y: from.y + by.y * part }]
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) })
  if (by.x || by.y) {
    for (const part of [0.25, 0.5, 0.75, 1]) {
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(part) })
    }
  }
  const lift = () => touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  if (lifts) await lift()
  return lift
}

const middle = { x: 195, y: 400 }

for (const locale of ['en-US', 'ar-EG']) {
  test(`a swipe opens and closes the drawers: ${locale}`, async ({ visit }) => {
    const ana = await visit({ ...PHONE, locale })
    const forward = locale === 'en-US' ? 150 : -150
    const [rooms, people] = [ana.page.locator('nav.rooms'), ana.page.locator('aside.people')]
    await expect(rooms).not.toBeInViewport()
    await moves(ana, middle, { x: forward, y: 10 })
    await expect(rooms).toBeInViewport({ ratio: 1 })
    await moves(ana, middle, { x: -forward, y: 10 })
    await expect(rooms).not.toBeInViewport()
    await moves(ana, middle, { x: -forward, y: 0 })
    await expect(people).toBeInViewport({ ratio: 1 })
    await moves(ana, middle, { x: forward, y: 0 })
    await expect(people).not.toBeInViewport()
    await moves(ana, middle, { x: 70, y: 120 })
    await expect(rooms).not.toBeInViewport()
    await expect(people).not.toBeInViewport()
  })
}

test('"back" closes an open dialog or drawer before it leaves the room', async ({ visit }) => {
  const ana = await (await visit(PHONE)).joins('Ana')
  await ana.showsPane('Rooms')
  await ana.makesRoom('garden')
  await ana.showsPane('People')
  await ana.page.goBack()
  await expect(ana.people).not.toBeInViewport()
  await expect(ana.heading).toHaveText('#garden')
  await ana.showsPane('Rooms')
  await ana.page.keyboard.press('Escape')
  await expect(ana.rooms).not.toBeInViewport()
  // A dialog that was closed, or left for a room, has no history entry.
  await ana.page.goBack()
  await expect(ana.heading).toHaveText('#lobby')
  await ana.page.goForward()
  await expect(ana.heading).toHaveText('#garden')
})

test('a long press on a message shows its actions', async ({ visit }) => {
  const ana = await (await visit({ ...PHONE, permissions: ['clipboard-read', 'clipboard-write'] })).joins('Ana')
  await ana.says('hold me')
  const copy = ana.page.getByRole('button', { name: 'Copy text' })
  await expect(copy).toBeHidden()
  const box = await ana.message('hold me').boundingBox()
  const lift = await moves(ana, { x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 10 }, { x: 0, y: 0 }, false)
  await expect(copy).toBeVisible()
  await lift()
  await copy.tap()
  await expect(copy).toHaveAttribute('data-done')
  expect(await ana.page.evaluate(() => navigator.clipboard.readText())).toBe('hold me')
  expect(await ana.page.evaluate(() => getSelection()?.toString())).toBe('')
})

test('the composer stays above a virtual keyboard that overlays the page', async ({ visit }) => {
  const ana = await (await visit(PHONE)).joins('Ana')
  await ana.says('hello')
  const covers = (height: number) =>
    ana.page.evaluate((height) => {
      Object.defineProperty(visualViewport, 'height', { configurable: true, get: () => height })
      visualViewport?.dispatchEvent(new Event('resize'))
    }, height)
  await covers(500)
  await expect.poll(async () => bottom(ana.composer)).toBeLessThanOrEqual(500)
  await expect(ana.message('hello')).toBeInViewport()
  await covers(844)
  await expect.poll(async () => bottom(ana.composer)).toBeGreaterThan(700)
})

async function bottom(locator: Locator) {
  const box = await locator.boundingBox()
  return (box?.y ?? 0) + (box?.height ?? 0)
}

test('touch targets are large enough, zooming is possible, and pulling down does not reload', async ({ visit }) => {
  const ana = await (await visit(PHONE)).joins('Ana')
  const ben = await (await visit()).joins('Ben')
  await ana.says('a message')
  await ben.reads('a message')
  await ben.reacts('a message', '👍')
  await expect(ana.page.getByRole('button', { name: /👍/ }).first()).toBeVisible()
  const small = () =>
    ana.page.evaluate(() => {
      const seen = [...document.querySelectorAll<HTMLElement>('button, a[href], input, textarea, select')].filter((target) => {
        const box = target.getBoundingClientRect()
        const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
        return box.width > 0 && hit !== null && (target.contains(hit) || hit.contains(target))
      })
      // Pseudo-elements that enlarge the touch target count as well.
      const reach = (target: HTMLElement, over: number, along: number) => {
        const box = target.getBoundingClientRect()
        const hits = (step: number) => {
          const [x, y] = [box.x + box.width / 2 + over * step, box.y + box.height / 2 + along * step]
          const hit = document.elementFromPoint(x, y)
          return hit !== null && (target.contains(hit) || !!target.closest('label, .box')?.contains(hit))
        }
        let [from, to] = [0, 0]
        while (from > -44 && hits(from - 1)) from--
        while (to < 44 && hits(to + 1)) to++
        return to - from + 1
      }
      return seen
        .map((target) => ({ target, size: [reach(target, 1, 0), reach(target, 0, 1)] }))
        .filter(({ size }) => Math.min(...size) < 44)
        .map(({ target, size }) => `${target.getAttribute('aria-label') ?? target.innerText}: ${size.join(' x ')}`)
    })
  expect.soft(await small()).toEqual([])
  await ana.showsPane('Rooms')
  await ana.makesRoom('garden')
  await ana.showsPane('Rooms')
  expect.soft(await small()).toEqual([])
  await ana.rooms.getByRole('button', { name: 'You' }).click()
  expect.soft(await small()).toEqual([])
  await ana.page.keyboard.press('Escape')
  await ana.showsPane('People')
  expect.soft(await small()).toEqual([])
  await ana.page.keyboard.press('Escape')
  await ana.showsPane('Rooms')
  await ana.goesTo('lobby')
  await ana.message('a message').tap()
  await expect(ana.page.getByRole('button', { name: 'React' })).toBeVisible()
  expect.soft(await small()).toEqual([])

  await expect(ana.page.locator('meta[name=viewport]')).not.toHaveAttribute('content', /user-scalable|maximum-scale/)
  expect(await ana.page.evaluate(() => getComputedStyle(document.body).overscrollBehaviorY)).toBe('none')
  const zooming = await ana.page.evaluate(() =>
    [...document.querySelectorAll('input, textarea')].filter((field) => parseFloat(getComputedStyle(field).fontSize) < 16).length,
  )
  expect(zooming, 'iOS zooms into smaller text boxes').toBe(0)
})
