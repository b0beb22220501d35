import type { Locator } from '@playwright/test'

import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, reducedMotion: 'reduce' as const }

/** Whether an element or one of its descendants has the focus. */
const holdsFocus = (locator: Locator) => locator.evaluate((element) => element.contains(document.activeElement))

/** Asserts that Tab stays within `open`, twenty times in each direction, and that Escape closes it from any focus. */
async function expectFocusTrap(room: Room, open: Locator) {
  await expect.poll(() => holdsFocus(open)).toBe(true)
  for (const key of ['Tab', 'Shift+Tab']) {
    for (let times = 1; times <= 20; times++) {
      await room.page.keyboard.press(key)
      expect(await holdsFocus(open), `${key} ${times}`).toBe(true)
    }
  }
  // Nothing behind it can be reached in any other way.
  const reached = await room.page.evaluate(() => {
    const composer = document.querySelector('textarea')
    composer?.focus()
    return document.activeElement === composer
  })
  expect(reached).toBe(false)
  await room.page.evaluate(() => (document.activeElement as HTMLElement).blur())
  await room.page.keyboard.press('Escape')
  await expect(open).toBeHidden()
}

test('after each action the focus is where the user continues', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit({ viewport: { width: 1300, height: 500 } })).joins('ana')
  for (let i = 0; i < 30; i++) bot.says(`line ${i}`)
  await ana.reads('line 29')
  await ana.says('a slip')
  await expect(ana.messages.getByRole('article').last()).toHaveAttribute('id', /^m\d+$/)

  await ana.usesAction('a slip', 'Delete')
  const gone = ana.messages.getByRole('article').filter({ hasText: 'This message was deleted.' })
  await expect(gone).toBeFocused()

  const line = ana.messages.getByRole('article').filter({ has: ana.page.getByText('line 29', { exact: true }) })
  await ana.reacts('line 29', '🎉')
  await expect(line.getByRole('button', { name: 'React', exact: true })).toBeFocused()
  await line.getByRole('button', { name: /^🎉/ }).click()
  await expect(line.getByRole('button', { name: /^🎉/ })).toBeHidden()
  await expect(line).toBeFocused()

  await ana.page.getByRole('button', { name: 'Set a topic' }).click()
  await ana.page.getByRole('textbox', { name: 'Topic' }).fill('Plans')
  await ana.page.keyboard.press('Enter')
  await expect(ana.page.getByRole('button', { name: 'Change the topic' })).toBeFocused()

  await ana.opensMenu('Change your name')
  await ana.page.getByRole('textbox', { name: 'Your new name' }).fill('anna')
  await ana.page.keyboard.press('Enter')
  await expect(ana.rooms.getByRole('button', { name: /^anna/ })).toBeFocused()

  await ana.messages.hover()
  await ana.page.mouse.wheel(0, -600)
  await ana.page.getByRole('button', { name: 'To the newest' }).click()
  await expect(ana.composer).toBeFocused()

  await ana.makesRoom('art')
  await ana.goesTo('lobby')
  await ana.room('art').hover()
  await ana.rooms.getByRole('button', { name: 'Leave #art' }).click()
  await expect(ana.room('art')).toBeHidden()
  await expect(ana.composer).toBeFocused()
})

test('on a touch screen no action opens the virtual keyboard', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit(PHONE)).joins('ana')
  for (let i = 0; i < 30; i++) bot.says(`line ${i}`)
  await ana.reads('line 29')
  await ana.messages.evaluate((log) => (log.scrollTop = -600))
  await ana.page.getByRole('button', { name: 'To the newest' }).tap()
  await expect(ana.messages).toBeFocused()
})

test('dialogs trap the focus and restore it when closed', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.says('a message')
  await expect(ana.messages.getByRole('article')).toHaveAttribute('id', /^m\d+$/)

  const settings = ana.page.getByRole('button', { name: 'Settings' })
  await settings.click()
  await expectFocusTrap(ana, ana.page.getByRole('dialog', { name: 'Settings' }))
  await expect(settings).toBeFocused()

  await ana.messages.focus()
  await ana.page.keyboard.press('?')
  await expectFocusTrap(ana, ana.page.getByRole('dialog', { name: 'Keys' }))
  await expect(ana.messages).toBeFocused()

  await ana.usesAction('a message', 'React')
  await expectFocusTrap(ana, ana.page.getByRole('dialog', { name: 'Reactions' }))
  await expect(ana.messages.getByRole('button', { name: 'React', exact: true })).toBeFocused()
})

test('on a phone drawers trap the focus, and the settings open scrolled to the top', async ({ visit }) => {
  const ana = await (await visit(PHONE)).joins('ana')
  for (const [button, side] of [
    ['Rooms', 'nav.rooms'],
    ['People', 'aside.people'],
    ['Search', 'aside.search'],
  ] as const) {
    const opener = ana.page.getByRole('button', { name: new RegExp(`^${button}`) })
    await opener.click()
    await expectFocusTrap(ana, ana.page.locator(side))
    await expect(opener).toBeFocused()
  }

  await ana.showsPane('Rooms')
  await ana.page.getByRole('button', { name: 'Settings' }).click()
  const sheet = ana.page.getByRole('dialog', { name: 'Settings' })
  await expect(sheet.getByRole('heading')).toBeFocused()
  await expect(sheet.getByRole('heading')).toBeInViewport({ ratio: 1 })
  expect(await sheet.evaluate((sheet) => [sheet.scrollTop, sheet.scrollHeight > sheet.clientHeight])).toEqual([0, true])
  await expectFocusTrap(ana, sheet)
  await expect(ana.page.getByRole('button', { name: 'Rooms' })).toBeFocused()
})

test.describe('without limits', () => {
  test.use({ flags: ['--limits', 'off'] })

  test('arrow keys in the log start from the messages in view', async ({ visit, plain }) => {
    const bot = await plain('bot')
    const ana = await (await visit({ viewport: { width: 1300, height: 500 } })).joins('ana')
    for (let i = 0; i < 60; i++) bot.says(`line ${i}`)
    await ana.reads('line 59')
    const scrolls = async (key: string) => {
      await ana.messages.evaluate((log) => log.addEventListener('scrollend', () => log.setAttribute('data-at-rest', ''), { once: true }))
      await ana.page.keyboard.press(key)
      await expect(ana.messages).toHaveAttribute('data-at-rest')
      await ana.messages.evaluate((log) => log.removeAttribute('data-at-rest'))
    }
    const focused = ana.messages.locator('article:focus')
    await ana.messages.focus()
    for (const key of ['ArrowUp', 'ArrowDown']) {
      await scrolls('PageUp')
      const top = await ana.messages.evaluate((log) => log.scrollTop)
      await ana.page.keyboard.press(key)
      await expect(focused).toBeInViewport({ ratio: 1 })
      expect(await ana.messages.evaluate((log) => log.scrollTop)).toBe(top)
    }
    await ana.page.keyboard.press('End')
    await expect(ana.message('line 59')).toBeInViewport({ ratio: 1 })
    await ana.page.keyboard.press('ArrowUp')
    await expect(focused).toContainText('line 59')
  })
})
