import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

test.describe('a long conversation', () => {
  test.use({ flags: ['--limits', 'off'] })

  const COUNT = 4000

  for (const viewport of [
    { width: 390, height: 844 },
    { width: 1440, height: 900 },
  ]) {
    test(`can be scrolled to its start and back, ${viewport.width} wide, and the messages in view do not jump`, { tag: '@alone' }, async ({
      visit,
      plain,
    }) => {
      test.setTimeout(180_000)
      const bot = await plain('bot')
      for (let i = 1; i <= COUNT; i++) bot.says(i % 10 ? `message ${i}` : `message ${i} ${'is a longer one '.repeat(i % 17)}`)
      await bot.receives(`message ${COUNT - 1}`)
      const ana = await visit({ viewport })
      await ana.reads(`message ${COUNT - 1}`)

      const up = await travel(ana, -400)
      await expect(ana.messages.getByText('This is the start of')).toBeInViewport()
      await expect(ana.message('message 1')).toBeInViewport()
      bot.says('said meanwhile')
      await expect(ana.jumpToLatest).toHaveAccessibleName(/^1 new/)
      const down = await travel(ana, 400)
      await expect(ana.message('said meanwhile')).toBeInViewport()
      await expect(ana.jumpToLatest).toBeHidden()

      for (const { moved, rows } of [up, down]) {
        expect(moved, 'pixels that what is read moved').toBeLessThanOrEqual(1)
        expect(rows, 'rows in the document').toBeLessThanOrEqual(310)
      }
    })
  }

  /**
   * Scrolls in steps until nothing more loads. Returns how far a row in view moved by anything other than the
   * scrolling, and the largest number of rows.
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
        // A page may still be loading: the end is reached only if nothing has loaded for a second.
        still = scrolled === 0 ? still + 1 : 0
      }
      return { moved, rows }
    }, step)
  }
})

test('a divider marks the first unread message, and all tabs share the read marker', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit()).joins('ana')
  bot.says('seen')
  await ana.reads('seen')
  await expect(ana.unreadDivider).toBeHidden()
  await ana.page.goto('about:blank')

  bot.says('unseen')
  bot.says('unseen, too')
  await bot.receives('unseen', 'unseen, too')
  await ana.open()
  await ana.reads('seen', 'unseen', 'unseen, too')
  await expect(ana.unreadDivider).toBeInViewport()
  const [seen, line, unseen] = await Promise.all(
    [ana.message('seen'), ana.unreadDivider, ana.message('unseen')].map((place) => place.boundingBox()),
  )
  expect(line!.y).toBeGreaterThan(seen!.y)
  expect(line!.y).toBeLessThan(unseen!.y)

  const second = await ana.opensNewTab()
  await second.reads('seen', 'unseen', 'unseen, too')
  await expect(second.unreadDivider).toBeHidden()
  await ana.says('an answer')
  await expect(ana.unreadDivider).toBeHidden()
})

test.describe('without limits', () => {
  test.use({ flags: ['--limits', 'off'] })

  test('a focused message keeps the focus while older ones load', async ({ visit, plain }) => {
    const bot = await plain('bot')
    for (let i = 1; i <= 200; i++) bot.says(`message ${i}`)
    await bot.receives('message 200')
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
