import AxeBuilder from '@axe-core/playwright'

import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

const SIZES = [
  { device: 'phone', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  { device: 'desktop', viewport: { width: 1440, height: 900 }, isMobile: false, hasTouch: false },
]

for (const { device, ...size } of SIZES) {
  test(`everything is within reach on a ${device}`, async ({ visit, plain }) => {
    const bot = await plain('bot')
    bot.says('w'.repeat(500))
    bot.says('https://example.org/' + 'a-long-path/'.repeat(40))
    await bot.hears('w'.repeat(500))
    const ana = await visit(size)
    expect(await ana.scrollsSideways()).toBe(false)
    await expect(ana.nameBox).toBeInViewport()
    await ana.joins('ana with a name of 32 characters')
    await expect(ana.composer).toBeInViewport({ ratio: 1 })
    await expect(ana.messages).toBeInViewport()
    expect(await ana.scrollsSideways()).toBe(false)
    await ana.reaches('People')
    await ana.page.keyboard.press('Escape')
    await ana.reaches('Rooms')
    expect(await ana.scrollsSideways()).toBe(false)
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`nothing serious for axe, and pictures to look at: ${device}, ${colorScheme}`, async ({
      server,
      visit,
      plain,
    }, testInfo) => {
      const look = async (room: Room, state: string) => {
        const name = `${state}-${device}-${colorScheme}.png`
        // Beside the results of single tests, all in one folder: people look at them one after the other.
        const path = testInfo.project.outputDir + `/screens/${name}`
        await room.page.screenshot({ path, animations: 'disabled' })
        await testInfo.attach(name, { path, contentType: 'image/png' })
        const { violations } = await new AxeBuilder({ page: room.page }).analyze()
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        const told = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' … ')}`)
        expect.soft(told, state).toEqual([])
      }

      const ana = await visit({ ...size, colorScheme, reducedMotion: 'reduce' })
      await expect(ana.nameBox).toBeVisible()
      await look(ana, 'empty')

      const bot = await plain('Weather bot')
      await ana.asksForName('Weather bot')
      await expect(ana.nameBox).toHaveAccessibleDescription(/\S/)
      await look(ana, 'refused')

      await ana.joins('Ana María')
      const ben = await (await visit({ colorScheme })).joins('さくら')
      await ana.says('Good morning! Who brings the tent?')
      await ana.says('And a stove, if anybody has one.')
      await ben.reads('And a stove, if anybody has one.')
      await ben.says('おはよう 👋 I have both, see https://example.org/tents/two-people?colour=green')
      await ben.says('🏕️')
      await ana.reads('🏕️')
      bot.says('Saturday: 21 °C, light wind from the west, no rain before the evening.')
      await ana.reads('🏕️', 'Saturday: 21 °C, light wind from the west, no rain before the evening.')
      await ana.says('Then it is settled.\nSaturday at nine, by the old bridge.')
      await bot.hears('Then it is settled.\nSaturday at nine, by the old bridge.')
      await look(ana, 'conversation')
      if (device === 'phone') {
        await ana.reaches('People')
        await look(ana, 'people')
        await ana.page.keyboard.press('Escape')
      }

      await server.stop()
      await ana.says('Are you still there?')
      await expect(ana.retryNow).toBeVisible()
      await look(ana, 'offline')
    })
  }
}
