import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

test.describe('a long conversation', () => {
  test.use({ flags: ['--limits', 'off'] })

  const COUNT = 4000

  for (const viewport of [
    { width: 390, height: 844 },
    { width: 1440, height: 900 },
  ]) {
    test(`is scrolled through to its start and back, ${viewport.width} wide, and what is read stays in its place`, { tag: '@alone' }, async ({
      visit,
      plain,
    }) => {
      test.setTimeout(180_000)
      const bot = await plain('bot')
      for (let i = 1; i <= COUNT; i++) bot.says(i % 10 ? `message ${i}` : `message ${i} ${'is a longer one '.repeat(i % 17)}`)
      await bot.hears(`message ${COUNT - 1}`)
      const ana = await visit({ viewport })
      await ana.reads(`message ${COUNT - 1}`)

      const up = await travel(ana, -400)
      await expect(ana.messages.getByText('This is the start of')).toBeInViewport()
      await expect(ana.message('message 1')).toBeInViewport()
      bot.says('said meanwhile')
      await expect(ana.pill).toHaveAccessibleName(/^1 new/)
      const down = await travel(ana, 400)
      await expect(ana.message('said meanwhile')).toBeInViewport()
      await expect(ana.pill).toBeHidden()

      for (const { moved, rows } of [up, down]) {
        expect(moved, 'pixels that what is read moved').toBeLessThanOrEqual(1)
        expect(rows, 'rows in the document').toBeLessThanOrEqual(310)
      }
    })
  }

  /**
   * Scrolls by steps until nothing more comes. Says how far a line that stood in view moved by anything but the
   * scrolling, and how many lines there were at most.
   */
  async function travel(room: Room, step: number) {
    return room.messages.evaluate(async (log, step) => {
      const frame = () => new Promise(requestAnimationFrame)
      const lines = () => [...log.querySelectorAll('article')]
      const inView = () => lines().find((line) => line.getBoundingClientRect().top >= log.getBoundingClientRect().top)!
      const top = (line: Element) => line.getBoundingClientRect().top
      let [moved, rows, still] = [0, 0, 0]
      while (still < 60) {
        const line = inView()
        const [before, from] = [top(line), log.scrollTop]
        log.scrollTop += step
        const scrolled = log.scrollTop - from
        await frame()
        await frame()
        if (line.isConnected) moved = Math.max(moved, Math.abs(top(line) - (before - scrolled)))
        rows = Math.max(rows, lines().length)
        // A page may be on its way: only where nothing has come for a second is the end.
        still = scrolled === 0 ? still + 1 : 0
      }
      return { moved, rows }
    }, step)
  }
})

test('a line stands where the reader left off, and every tab knows when it has been read', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit()).joins('ana')
  bot.says('seen')
  await ana.reads('seen')
  await expect(ana.unreadLine).toBeHidden()
  await ana.page.goto('about:blank')

  bot.says('unseen')
  bot.says('unseen, too')
  await bot.hears('unseen', 'unseen, too')
  await ana.open()
  await ana.reads('seen', 'unseen', 'unseen, too')
  await expect(ana.unreadLine).toBeInViewport()
  const [seen, line, unseen] = await Promise.all(
    [ana.message('seen'), ana.unreadLine, ana.message('unseen')].map((place) => place.boundingBox()),
  )
  expect(line!.y).toBeGreaterThan(seen!.y)
  expect(line!.y).toBeLessThan(unseen!.y)

  const second = await ana.again()
  await second.reads('seen', 'unseen', 'unseen, too')
  await expect(second.unreadLine).toBeHidden()
  await ana.says('an answer')
  await expect(ana.unreadLine).toBeHidden()
})

test.describe('without limits', () => {
  test.use({ flags: ['--limits', 'off'] })

  test('a message that has the focus keeps it while older ones come', async ({ visit, plain }) => {
    const bot = await plain('bot')
    for (let i = 1; i <= 200; i++) bot.says(`message ${i}`)
    await bot.hears('message 200')
    const ana = await visit()
    const message = ana.messages.getByRole('article').filter({ has: ana.page.getByText('message 195', { exact: true }) })
    await message.focus()
    const scrollsUp = () => ana.messages.evaluate((log) => (log.scrollTop -= 400))
    await expect(async () => {
      await scrollsUp()
      await expect(ana.message('message 1')).toBeAttached({ timeout: 100 })
    }).toPass({ intervals: [50] })
    await expect(message).toBeFocused()
  })
})
