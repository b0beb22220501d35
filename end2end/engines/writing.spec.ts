import { Key } from './browser.ts'
import { type Engine, expect, test } from './fixtures.ts'
import type { Visitor } from './visitor.ts'

/** Undoes an edit. WebKitGTK gets Ctrl+Z from GTK's key bindings, which WebDriver keys bypass, so the command is used there. */
const undo = (engine: Engine, visitor: Visitor) =>
  engine === 'webkit' ? visitor.run(() => void document.execCommand('undo')) : visitor.types(Key.Control + 'z')

test('undo reverts exactly what was inserted automatically', async ({ engine, comes, plain }) => {
  await plain('robot')
  const ana = await (await comes()).joins('ana')
  await ana.writes('typed ')
  await ana.clicks({ css: 'button', name: 'Emoji' })
  await ana.clicks({ css: '[role=dialog] button', name: '👍' })
  await expect.poll(() => ana.draft()).toBe('typed 👍')
  await undo(engine, ana)
  await expect.poll(() => ana.draft()).toBe('typed ')
  await ana.types('@rob')
  await ana.sees({ css: '[role=option]' })
  await ana.types(Key.Enter)
  await expect.poll(() => ana.draft()).toContain('@robot')
  await undo(engine, ana)
  await expect.poll(() => ana.draft()).not.toContain('@robot')
  expect(await ana.draft()).toContain('typed ')
})

test('two tabs have separate drafts, which survive a reload', async ({ comes }) => {
  const ana = await (await comes()).joins('ana')
  await ana.writes('in the first tab')
  const first = await ana.protocol.currentTab()
  const second = await ana.protocol.openTab()
  await ana.protocol.switchTo(second)
  await ana.opens()
  await ana.sees({ css: 'textarea' })
  expect(await ana.draft()).toBe('')
  await ana.writes('in the second tab')
  await ana.reloads()
  await expect.poll(() => ana.draft()).toBe('in the second tab')
  await ana.protocol.switchTo(first)
  await ana.reloads()
  await expect.poll(() => ana.draft()).toBe('in the first tab')
})
