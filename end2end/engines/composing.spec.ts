import type { Visitor } from './visitor.ts'
import { expect, test } from './fixtures.ts'

/**
 * Ends a composition with a key, as input methods do. Tests cannot control an input method, so this dispatches the events
 * that each engine documents: in Firefox the key belongs to the composition, in WebKit it follows with keyCode 229.
 */
const endsComposition = (visitor: Visitor, key: string) =>
  visitor.run((key) => {
    const field = document.activeElement!
    const composes = (type: string) => field.dispatchEvent(new CompositionEvent(type, { data: 'に', bubbles: true }))
    const presses = (init: object) =>
      field.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }))
    composes('compositionstart')
    presses({ isComposing: true })
    composes('compositionend')
    presses({ keyCode: 229 })
    return field.localName
  }, key)

test('a key that ends a composition neither sends, cancels an edit nor closes a dialog', async ({ comes }) => {
  const ana = await (await comes()).joins('ana')
  await ana.says('old')
  await ana.usesAction('Edit')
  await expect.poll(() => ana.draft()).toBe('old')
  for (const key of ['Escape', 'Enter']) expect(await endsComposition(ana, key)).toBe('textarea')
  await ana.sees({ css: '.mode.shown' })
  expect(await ana.draft()).toBe('old')
  expect(await ana.texts('[role=log] article .body')).toEqual(['old'])
})
