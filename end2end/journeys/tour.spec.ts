import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

const DOCS = resolve(import.meta.dirname, '../../docs')
const DESKTOP = { viewport: { width: 1280, height: 800 }, colorScheme: 'light' as const, locale: 'en-GB' }
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: 'en-GB' }

/** Takes the screenshots of docs/tour.md, and asserts that the document shows them in this order. */
function tour() {
  const document = readFileSync(join(DOCS, 'tour.md'), 'utf8')
  const shown = [...document.matchAll(/\(tour\/([a-z-]+)\.png\)/g)].map(([, name]) => name)
  const left = [...shown]
  return {
    async screenshot(room: Room, name: string) {
      expect(name, 'the next screenshot in docs/tour.md').toBe(left.shift())
      const folder = process.env.PARLOR_TOUR ?? join(test.info().project.outputDir, 'tour')
      await room.page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
      expect(existsSync(join(DOCS, `tour/${name}.png`)), `docs/tour/${name}.png: run bin/tour`).toBe(true)
    },
    finish() {
      expect(left, 'screenshots in docs/tour.md that this test does not take').toEqual([])
    },
  }
}

test('the tour in the documentation can be followed step by step', async ({ server, visit, plain }) => {
  const { screenshot, finish } = tour()
  const bot = await plain('Weather bot')
  const ben = await (await visit(DESKTOP)).joins('さくら')
  await ben.says('Good morning! Who brings the **tent**?')
  bot.says('Saturday: 21 °C, light wind from the west, no rain before the evening.')
  await ben.reads('Saturday: 21 °C, light wind from the west, no rain before the evening.')
  await ben.says('Then Saturday at nine, by the old bridge:\n\n- [ ] stove\n- two mats\n- `gpx` of the way')

  const ana = await visit(DESKTOP)
  await ana.reads('two mats')
  await screenshot(ana, 'open')

  await ana.joins('Ana María')
  await ana.says('I have both, see https://example.org/tents/two-people')
  await ben.reads('I have both, see https://example.org/tents/two-people')
  await ben.reacts('I have both, see https://example.org/tents/two-people', '🎉')
  await ben.usesAction('I have both, see https://example.org/tents/two-people', 'Reply')
  await ben.says('Perfect, @Ana\u00a0María 🏕️')
  await ana.reads('Perfect, @Ana\u00a0María 🏕️')
  await ana.page.getByRole('button', { name: 'Set a topic' }).click()
  await ana.page.getByRole('textbox', { name: 'Topic' }).fill('Two nights by the lake, in June')
  await ana.page.keyboard.press('Enter')
  await expect(ana.page.getByText('Two nights by the lake, in June')).toBeVisible()
  await expect(ana.page.getByRole('button', { name: /🎉/ }).first()).toBeVisible()
  await screenshot(ana, 'talk')

  const box = await ana.opensSearch()
  await box.fill('tent')
  await expect(ana.page.getByRole('list', { name: 'Search results' }).getByRole('listitem')).toHaveCount(2)
  await screenshot(ana, 'search')
  await ana.page.keyboard.press('Escape')

  const phone = await visit({ ...PHONE, colorScheme: 'dark' })
  await phone.joins('Kofi')
  await phone.says('I come by train, who else?')
  await screenshot(phone, 'phone')
  await phone.makesRoomFromDrawer('trains')
  await ben.says('@Kofi me, from the main station at eight')
  await phone.showsPane('Rooms')
  await expect(phone.room('lobby')).toHaveAccessibleName(/1/)
  await screenshot(phone, 'rooms')

  const arabic = await visit({ ...DESKTOP, locale: 'ar-EG' })
  await expect(arabic.page.getByText('two mats')).toBeVisible()
  await screenshot(arabic, 'languages')

  await ana.page.getByRole('button', { name: 'Settings' }).click()
  await ana.page.getByRole('group', { name: 'Theme' }).getByText('Dark').click()
  await screenshot(ana, 'settings')
  await ana.page.keyboard.press('Escape')

  const still = await visit({ ...PHONE, colorScheme: 'light', javaScriptEnabled: false })
  await still.joins('Lea')
  await still.composer.fill('I read this without any JavaScript.')
  await still.sendButton.click()
  await still.reads('I read this without any JavaScript.')
  await screenshot(still, 'without-javascript')

  await ana.opensOffline()
  await ana.hasStored('lobby', 'I come by train, who else?', '🎉')
  await server.stop()
  await ana.says('Is anybody still there?')
  await ana.page.reload()
  await ana.reads('Perfect, @Ana\u00a0María 🏕️', 'Is anybody still there?')
  await expect(ana.retryNow).toBeVisible()
  await screenshot(ana, 'offline')
  finish()
})
