import { Room } from '../pages/room.ts'
import { seriousViolations } from '../support/axe.ts'
import { lowContrastGraphics } from '../support/graphics_contrast.ts'
import { expect, test } from '../support/fixtures.ts'
import { matchesScreenshot } from '../support/screenshots.ts'

const SIZES = [
  { device: 'phone', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, locale: 'en-GB' },
  { device: 'desktop', viewport: { width: 1440, height: 900 }, isMobile: false, hasTouch: false, locale: 'en-GB' },
]

/** Waits for the notice that somebody joined. Presence is sent at most once a second, so it could otherwise follow a message. */
const waitForJoin = (room: Room, name: string) => expect(room.messages.getByText(new RegExp(`${name}.* joined`))).toBeVisible()

for (const { device, ...size } of SIZES) {
  test(`all controls are reachable on a ${device}`, async ({ visit, plain }) => {
    const bot = await plain('bot')
    bot.says('w'.repeat(500))
    bot.says('https://example.org/' + 'a-long-path/'.repeat(40))
    await bot.receives('w'.repeat(500))
    const ana = await visit(size)
    expect(await ana.scrollsSideways()).toBe(false)
    await expect(ana.nameBox).toBeInViewport()
    await ana.joins('ana with a name of 32 characters')
    await expect(ana.composer).toBeInViewport({ ratio: 1 })
    await expect(ana.messages).toBeInViewport()
    expect(await ana.scrollsSideways()).toBe(false)
    await ana.showsPane('People')
    await ana.page.keyboard.press('Escape')
    await ana.showsPane('Rooms')
    expect(await ana.scrollsSideways()).toBe(false)
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    const look = async (room: Room, state: string) => {
      const name = `${state}-${device}-${colorScheme}.png`
      // All in one folder beside the results of the tests, so that people can browse them.
      const path = test.info().project.outputDir + `/screens/${name}`
      await room.page.screenshot({ path, animations: 'disabled' })
      await test.info().attach(name, { path, contentType: 'image/png' })
      expect.soft(await seriousViolations(room.page), state).toEqual([])
      await matchesScreenshot(room.page, `${state}-${device}-${colorScheme}`)
    }

    test(`axe finds no serious violations, and screenshots match: ${device}, ${colorScheme}`, async ({ server, visit, plain }) => {
      const ana = await visit({ ...size, colorScheme, reducedMotion: 'reduce' })
      await expect(ana.nameBox).toBeVisible()
      await look(ana, 'empty')

      const bot = await plain('Weather bot')
      await ana.asksForName('Weather bot')
      await expect(ana.nameBox).toHaveAccessibleDescription(/\S/)
      await look(ana, 'refused')

      await ana.joins('Ana María')
      const ben = await (await visit({ colorScheme })).joins('さくら')
      await waitForJoin(ana, 'さくら')
      await ana.says('Good morning! Who brings the tent?')
      await ana.says('And a stove, if anybody has one.')
      await ben.reads('And a stove, if anybody has one.')
      await ben.says('おはよう 👋 I have both, see https://example.org/tents/two-people?colour=green')
      await ben.says('🏕️')
      await ana.reads('🏕️')
      bot.says('Saturday: 21 °C, light wind from the west, no rain before the evening.')
      await ana.reads('🏕️', 'Saturday: 21 °C, light wind from the west, no rain before the evening.')
      await ana.says('Then it is settled.\nSaturday at nine, by the old bridge.')
      await bot.receives('Then it is settled.\nSaturday at nine, by the old bridge.')
      await look(ana, 'conversation')
      if (device === 'phone') {
        await ana.showsPane('People')
        await look(ana, 'people')
        await ana.page.keyboard.press('Escape')
      }

      await server.stop()
      await ana.says('Are you still there?')
      await expect(ana.retryNow).toBeVisible()
      await look(ana, 'offline')
    })

    test(`axe finds no serious violations in dialogs and menus: ${device}, ${colorScheme}`, async ({ visit }) => {
      // So many runs of axe take more than a minute while other tests use the cores.
      test.slow()
      const ana = await (await visit({ ...size, colorScheme, reducedMotion: 'reduce' })).joins('Ana María')
      const ben = await (await visit({ colorScheme })).joins('さくら')
      await waitForJoin(ana, 'さくら')
      const away = () => ana.page.keyboard.press('Escape')
      await ana.says('Good morning! Who brings the tent?')
      await ben.reads('Good morning! Who brings the tent?')
      await ana.says('And a stove, if anybody has one.')
      await ben.reads('And a stove, if anybody has one.')
      await ben.usesAction('And a stove, if anybody has one.', 'Reply')
      await ben.says('I do, @Ana María, and the **stove** too:\n\n- one pot\n- `2` cups\n\n> as last year')
      await ben.says('Wrong')
      await ben.usesAction('Wrong', 'Delete')
      await expect(ana.messages.getByText('one pot')).toBeVisible()
      if (device === 'phone') {
        await ana.message('Good morning! Who brings the tent?').tap()
        await expect(ana.page.getByRole('button', { name: 'React' }).first()).toBeInViewport()
        await look(ana, 'touched')
      }
      await ana.reacts('Good morning! Who brings the tent?', '👍')
      await ana.page.getByRole('button', { name: 'Set a topic' }).click()
      await ana.page.getByRole('textbox', { name: 'Topic' }).fill('Two nights by the lake, in June')
      await look(ana, 'topic')
      await ana.page.keyboard.press('Enter')
      await expect(ana.page.getByText('Two nights by the lake, in June')).toBeVisible()
      await look(ana, 'marks')

      await ana.showsPane('Rooms')
      await ana.makesRoom('camping')
      await ben.makesRoom('a-room-with-a-very-long-name')
      await ben.goesTo('lobby')
      await ben.says('@Ana María are you coming?')
      await ana.showsPane('Rooms')
      await expect(ana.room('lobby')).toHaveAccessibleName(/1/)
      await look(ana, 'rooms')
      await ana.opensFinder()
      await ana.finder.fill('camp')
      await expect(ana.choices).toHaveText([/^#camping/, 'Create #camp'])
      await look(ana, 'room-finder')
      await ana.finder.fill('a/b')
      await expect(ana.rooms.getByRole('alert')).not.toBeEmpty()
      await look(ana, 'new-room')
      await away()
      await ana.showsPane('Rooms')
      await ana.rooms.getByRole('button', { name: 'You' }).click()
      await look(ana, 'oneself')
      const opened = ana.page.waitForEvent('popup')
      await ana.rooms.getByRole('button', { name: 'Use on another device' }).click()
      const second = new Room(await opened)
      await expect(second.page.getByRole('img', { name: 'The link as a QR code' })).toBeVisible()
      await look(second, 'device')
      await second.page.close()
      await ana.rooms.getByRole('button', { name: 'Change your name' }).click()
      await look(ana, 'new-name')
      await away()
      await ana.showsPane('Rooms')
      await ana.page.getByRole('button', { name: 'Keys' }).click()
      await look(ana, 'keys')
      await away()
      await ana.showsPane('Rooms')
      await ana.goesTo('lobby')

      const box = await ana.opensSearch()
      await box.fill('e')
      await ana.page.getByRole('checkbox', { name: 'In all my rooms' }).check()
      await expect(ana.page.getByRole('list', { name: 'Search results' }).getByRole('listitem')).not.toHaveCount(0)
      await look(ana, 'search')
      await away()
      await ana.composer.fill('@')
      await expect(ana.page.getByRole('option').first()).toBeVisible()
      await look(ana, 'completions')
      await away()
      await ana.composer.fill('')
      await ana.usesAction('Good morning! Who brings the tent?', 'React')
      await look(ana, 'emoji')
      await away()
      await ana.usesAction('Good morning! Who brings the tent?', 'Edit')
      await look(ana, 'edit')
    })
  }

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`everything is visible in forced colours: ${device}, ${colorScheme}`, async ({ visit }) => {
      const ana = await (await visit({ ...size, colorScheme, reducedMotion: 'reduce', forcedColors: 'active' })).joins('Ana')
      const ben = await (await visit({ colorScheme })).joins('さくら')
      await waitForJoin(ana, 'さくら')
      await ana.says('Good morning! Who brings the tent?')
      await ben.says('I do, @Ana, and `two` stoves, see https://example.org')
      await ana.reads('Good morning! Who brings the tent?')
      await ana.reacts('Good morning! Who brings the tent?', '👍')
      await ben.makesRoom('camping')
      await ana.showsPane('Rooms')
      await ana.makesRoom('camping')
      await ana.showsPane('Rooms')
      await ana.goesTo('lobby')
      await ben.says('@Ana are you coming?')
      await expect(ana.page.locator('.badge:visible').first()).toHaveText('1')
      const show = async (state: string) => {
        expect.soft(await lowContrastGraphics(ana.page), state).toEqual([])
        await matchesScreenshot(ana.page, `${state}-${device}-${colorScheme}`)
      }
      await show('forced-conversation')
      await ana.composer.fill('@')
      await expect(ana.page.getByRole('option').first()).toBeVisible()
      await show('forced-completions')
      await ana.composer.fill('')
      await ana.showsPane('People')
      await show('forced-people')
      await ana.page.keyboard.press('Escape')
      await ana.showsPane('Rooms')
      await ana.page.getByRole('button', { name: 'Settings' }).click()
      await show('forced-settings')
    })
  }
}
