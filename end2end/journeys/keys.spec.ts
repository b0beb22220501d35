import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

/** Dispatches the keydown and keyup events of a key at the focused element. */
async function dispatches(room: Room, key: string, how: { isComposing?: boolean; keyCode: number }) {
  await room.page.evaluate(
    ([key, how]) => {
      for (const type of ['keydown', 'keyup']) {
        const event = new KeyboardEvent(type, { key, code: key, bubbles: true, cancelable: true, composed: true, ...how })
        document.activeElement?.dispatchEvent(event)
      }
    },
    [key, how] as const,
  )
}

/** Composes a text at the focused element. The key belongs to the composition; the events come in each browser's order. */
async function composes(room: Room, text: string, key: string) {
  const input = await room.page.context().newCDPSession(room.page)
  const numbers: Record<string, number> = { Escape: 27, Enter: 13, ArrowDown: 40 }
  await input.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
  await dispatches(room, key, { isComposing: true, keyCode: 229 })
  await dispatches(room, key, { isComposing: true, keyCode: numbers[key] })
  await dispatches(room, key, { keyCode: 229 })
  // Safari ends the composition before the key event.
  await input.send('Input.insertText', { text })
  await dispatches(room, key, { keyCode: numbers[key] })
  await input.detach()
}

/** Presses a key as on a keyboard with another layout. */
async function presses(room: Room, key: string, code: string, modifiers: number) {
  const input = await room.page.context().newCDPSession(room.page)
  const windowsVirtualKeyCode = code.charCodeAt(code.length - 1)
  for (const type of ['rawKeyDown', 'keyUp'] as const) {
    await input.send('Input.dispatchKeyEvent', { type, key, code, modifiers, windowsVirtualKeyCode })
  }
  await input.detach()
}

const CTRL = 2

const hasNoFocus = (room: Room) => room.page.evaluate(() => document.activeElement === document.body)

test('a key that cancels or ends a composition has no other effect', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.says('old')
  await expect(ana.messages.getByRole('article')).toHaveAttribute('id', /^m\d+$/)

  await ana.composer.press('ArrowUp')
  await expect(ana.composer).toHaveValue('old')
  for (const key of ['Escape', 'Enter']) await composes(ana, 'に', key)
  await expect(ana.composer).toHaveValue('oldにに')
  await expect(ana.page.getByText('Editing your message')).toBeVisible()
  await ana.composer.press('Escape')
  await expect(ana.composer).toHaveValue('')

  await ana.usesAction('old', 'Reply')
  await composes(ana, 'は', 'Escape')
  await expect(ana.composer).toHaveValue('は')
  await expect(ana.page.getByText('Answering ana: old')).toBeVisible()
  await ana.composer.press('Escape')
  await expect(ana.page.getByText('Answering ana: old')).toBeHidden()

  const box = await ana.opensSearch()
  await composes(ana, '東京', 'Escape')
  await expect(box).toHaveValue('東京')
  await expect(box).toBeFocused()
  await box.press('Escape')
  await expect(box).toBeHidden()

  await ana.opensFinder()
  for (const key of ['Escape', 'Enter', 'ArrowDown']) await composes(ana, '本', key)
  await expect(ana.choices).toHaveText(['Create #本本本'])
  await expect(ana.choices).toHaveAttribute('aria-selected', 'false')
  await ana.finder.press('ArrowDown')
  await expect(ana.choices).toHaveAttribute('aria-selected', 'true')
  await ana.finder.press('Escape')
  await expect(ana.finder).toBeHidden()
  await expect(ana.heading).toHaveText('#lobby')
})

test('shortcuts and Escape work without a focused element, on every layout and with Caps Lock', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.reload()
  await ana.heading.click()
  expect(await hasNoFocus(ana)).toBe(true)
  for (const [key, code] of [
    ['k', 'KeyK'],
    ['K', 'KeyK'],
    ['л', 'KeyK'],
    ['Λ', 'KeyK'],
    ['ל', 'KeyK'],
    ['ن', 'KeyK'],
    // Dvorak.
    ['k', 'KeyV'],
  ] as const) {
    await presses(ana, key, code, CTRL)
    await expect(ana.finder, key).toBeFocused()
    await ana.page.keyboard.press('Escape')
    await expect(ana.finder).toBeHidden()
    await ana.heading.click()
  }
  await presses(ana, 'а', 'KeyF', CTRL)
  const box = ana.page.getByRole('searchbox')
  await expect(box).toBeFocused()
  await ana.heading.click()
  expect(await hasNoFocus(ana)).toBe(true)
  await ana.page.keyboard.press('Escape')
  await expect(box).toBeHidden()
  await expect(ana.composer).toBeFocused()
  await ana.heading.click()
  await ana.page.keyboard.press('?')
  await expect(ana.page.getByRole('dialog', { name: 'Keys' })).toContainText('Ctrl/⌘ Enter')
  await ana.page.keyboard.press('Escape')
  await expect(ana.page.getByRole('dialog')).toBeHidden()
})

test('Ctrl+Enter sends the draft, also on a touch screen and with completions open', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true })).joins('ana')
  await ana.composer.pressSequentially('one')
  await ana.composer.press('Enter')
  await ana.composer.pressSequentially('two')
  await ana.composer.press('Control+Enter')
  await bot.receives('one\ntwo')
  await ana.composer.pressSequentially('hi @bo')
  await expect(ana.page.getByRole('option', { name: 'bot' })).toBeVisible()
  await composes(ana, 'に', 'Enter')
  await expect(ana.composer).toHaveValue('hi @boに')
  await ana.composer.press('Backspace')
  await expect(ana.page.getByRole('option', { name: 'bot' })).toBeVisible()
  await ana.composer.press('Meta+Enter')
  await bot.receives('hi @bo')
  await expect(ana.composer).toHaveValue('')
})
