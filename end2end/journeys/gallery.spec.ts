import type { Page } from '@playwright/test'

import { CROWD, crowd, fill, joinsMany, ROOMS } from '../gallery/fill.ts'
import { fillPrivate } from '../gallery/private_rooms.ts'
import { seriousViolations } from '../support/axe.ts'
import { expect, test } from '../support/fixtures.ts'
import { lowContrastTexts } from '../support/text_contrast.ts'

test.use({ flags: ['--limits', 'off'] })

const SIZES = [
  { device: 'phone', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  { device: 'desktop', viewport: { width: 1440, height: 900 }, isMobile: false, hasTouch: false },
]

for (const { device, ...size } of SIZES) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`every state of a room renders correctly on a ${device}, ${colorScheme}`, async ({ server, visit }) => {
      await fill(server.address)
      const reader = await visit({ ...size, colorScheme, reducedMotion: 'reduce' })
      for (const room of Object.keys(ROOMS)) {
        await reader.loadAndHydrate(() => reader.page.goto(`/r/${room}`))
        await expect(reader.heading).toHaveText(`#${room}`)
        expect(await reader.scrollsSideways(), room).toBe(false)
        await expect(reader.nameBox).toBeInViewport({ ratio: 1 })
        const name = `gallery-${room}-${device}-${colorScheme}.png`
        await reader.page.screenshot({ path: test.info().project.outputDir + `/screens/${name}` })
        expect.soft(await seriousViolations(reader.page), room).toEqual([])
      }
    })

    for (const person of ['owner', 'member', 'guest'] as const) {
      test(`pages about private rooms, invitations and devices render correctly for the ${person} on a ${device}, ${colorScheme}`, async ({
        server,
        visit,
      }) => {
        test.slow()
        const { people, scenes } = await fillPrivate(server.address)
        const prepare = (page: Page) => page.context().addCookies([{ ...people[person], url: server.address }])
        const expected = [/status of (404|409|410|422)/]
        const reader = await visit({ ...size, colorScheme, reducedMotion: 'reduce', prepare, expected })
        for (const scene of scenes.filter(({ by }) => by === person)) {
          expect((await reader.page.goto(scene.path))?.status(), scene.name).toBe(scene.status)
          await scene.then?.(reader)
          expect(await reader.scrollsSideways(), scene.name).toBe(false)
          // The stylesheet of the app hides the hints of its composer on touch screens.
          const hints = reader.page.locator('main.document .explanation')
          const hidden = hints.evaluateAll((all) => all.filter((hint) => !hint.checkVisibility()).map((hint) => hint.textContent))
          expect.soft(await hidden, scene.name).toEqual([])
          const path = test.info().project.outputDir + `/screens/gallery-${scene.name}-${device}-${colorScheme}.png`
          await reader.page.screenshot({ path, fullPage: true })
          expect.soft(await seriousViolations(reader.page), scene.name).toEqual([])
          expect.soft(await lowContrastTexts(reader.page), scene.name).toEqual([])
        }
      })
    }
  }

  test(`thousands of people and many rooms are usable on a ${device}`, async ({ server, visit }) => {
    const goes = await crowd(server.address)
    const ana = await (await visit({ ...size, reducedMotion: 'reduce' })).joins('Ana')
    await joinsMany(ana.page.request, server.address, 'Ana')
    await ana.loadAndHydrate(() => ana.page.goto('/r/crowd'))
    await ana.showsPane('Rooms')
    const last = ana.room('room-200')
    await last.scrollIntoViewIfNeeded()
    await expect(last).toBeInViewport()
    await ana.page.screenshot({ path: test.info().project.outputDir + `/screens/gallery-rooms-${device}.png` })
    await ana.page.keyboard.press('Escape')
    await ana.showsPane('People')
    await expect(ana.page.locator('aside.people')).toContainText((CROWD + 1).toLocaleString('en'))
    await ana.page.screenshot({ path: test.info().project.outputDir + `/screens/gallery-crowd-${device}.png` })
    await ana.page.keyboard.press('Escape')
    await ana.says('hello to all')
    await ana.reads('hello to all')
    expect(await ana.scrollsSideways()).toBe(false)
    goes()
  })
}
