import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

const DOCS = resolve(import.meta.dirname, '../../docs')
const DESKTOP = { viewport: { width: 1280, height: 800 }, colorScheme: 'light' as const, locale: 'en-GB' }
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: 'en-GB' }

/** Takes the next picture of docs/tour.md, which has to show it. */
function tour() {
  const document = readFileSync(join(DOCS, 'tour.md'), 'utf8')
  const shown = [...document.matchAll(/\(tour\/([a-z-]+)\.png\)/g)].map(([, name]) => name)
  const left = [...shown]
  return {
    async stop(room: Room, name: string) {
      expect(name, 'the next picture of docs/tour.md').toBe(left.shift())
      const folder = process.env.PARLOR_TOUR ?? join(test.info().project.outputDir, 'tour')
      await room.page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
      expect(existsSync(join(DOCS, `tour/${name}.png`)), `docs/tour/${name}.png: run bin/tour`).toBe(true)
    },
    ends() {
      expect(left, 'pictures in docs/tour.md that this tour does not take').toEqual([])
    },
  }
}

test('the tour of the documentation goes as it says', async ({ server, visit, plain }) => {
  const { stop, ends } = tour()
  const bot = await plain('Weather bot')
  const ben = await (await visit(DESKTOP)).joins('さくら')
  await ben.says('Good morning! Who brings the **tent**?')
  bot.says('Saturday: 21 °C, light wind from the west, no rain before the evening.')
  await ben.reads('Saturday: 21 °C, light wind from the west, no rain before the evening.')
  await ben.says('Then Saturday at nine, by the old bridge:\n\n- [ ] stove\n- two mats\n- `gpx` of the way')

  const ana = await visit(DESKTOP)
  await ana.reads('two mats')
  await stop(ana, 'open')

  await ana.joins('Ana María')
  await ana.says('I have both, see https://example.org/tents/two-people')
  await ben.reads('I have both, see https://example.org/tents/two-people')
  await ben.reacts('I have both, see https://example.org/tents/two-people', '🎉')
  await ben.does('I have both, see https://example.org/tents/two-people', 'Reply')
  await ben.says('Perfect, @Ana\u00a0María 🏕️')
  await ana.reads('Perfect, @Ana\u00a0María 🏕️')
  await ana.page.getByRole('button', { name: 'Set a topic' }).click()
  await ana.page.getByRole('textbox', { name: 'Topic' }).fill('Two nights by the lake, in June')
  await ana.page.keyboard.press('Enter')
  await expect(ana.page.getByText('Two nights by the lake, in June')).toBeVisible()
  await expect(ana.page.getByRole('button', { name: /🎉/ }).first()).toBeVisible()
  await stop(ana, 'talk')

  const box = await ana.opensSearch()
  await box.fill('tent')
  await expect(ana.page.getByRole('list', { name: 'Search results' }).getByRole('listitem')).toHaveCount(2)
  await stop(ana, 'search')
  await ana.page.keyboard.press('Escape')

  const phone = await visit({ ...PHONE, colorScheme: 'dark' })
  await phone.joins('Kofi')
  await phone.says('I come by train, who else?')
  await stop(phone, 'phone')
  await phone.makesRoomFromDrawer('trains')
  await ben.says('@Kofi me, from the main station at eight')
  await phone.reaches('Rooms')
  await expect(phone.room('lobby')).toHaveAccessibleName(/1/)
  await stop(phone, 'rooms')

  const arabic = await visit({ ...DESKTOP, locale: 'ar-EG' })
  await expect(arabic.page.getByText('two mats')).toBeVisible()
  await stop(arabic, 'languages')

  await ana.page.getByRole('button', { name: 'Settings' }).click()
  await ana.page.getByRole('group', { name: 'Theme' }).getByText('Dark').click()
  await stop(ana, 'settings')
  await ana.page.keyboard.press('Escape')

  const still = await visit({ ...PHONE, colorScheme: 'light', javaScriptEnabled: false })
  await still.joins('Lea')
  await still.composer.fill('I read this without any JavaScript.')
  await still.sendButton.click()
  await still.reads('I read this without any JavaScript.')
  await stop(still, 'without-javascript')

  await ana.opensOffline()
  await ana.hasKept('lobby', 'I come by train, who else?', '🎉')
  await server.stop()
  await ana.says('Is anybody still there?')
  await ana.page.reload()
  await ana.reads('Perfect, @Ana\u00a0María 🏕️', 'Is anybody still there?')
  await expect(ana.retryNow).toBeVisible()
  await stop(ana, 'offline')
  ends()
})
