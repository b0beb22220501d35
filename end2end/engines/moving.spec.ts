import { Key } from './browser.ts'
import { expect, test } from './fixtures.ts'

test.use({ flags: ['--limits', 'off'] })

test('the tabulator stays inside of what is open, and Escape leads back', async ({ comes }) => {
  const ana = await (await comes()).joins('ana')
  await ana.clicks({ css: 'button[data-do=settings]' })
  await ana.sees({ css: '[role=dialog]' })
  for (let stop = 0; stop < 20; stop++) {
    await ana.types(Key.Tab)
    const where = await ana.run(() => {
      const focused = document.activeElement
      return !focused || focused === document.body || focused.closest('[role=dialog], dialog') ? 'inside' : focused.outerHTML
    })
    expect(where).toBe('inside')
  }
  await ana.types(Key.Escape)
  await ana.sees({ css: '[role=dialog]' }, 0)
  await ana.writes('still here')
  expect(await ana.draft()).toBe('still here')
})

test('scrolling up through the past moves what is read by what the wheel turns', async ({ comes, plain }) => {
  const bot = await plain('bot')
  for (let number = 1; number <= 400; number++) bot.says(`message ${number}, with some more words for its line`)
  await bot.hears('message 400, with some more words for its line')
  const ana = await comes()
  await ana.reads('message 400, with some more words for its line')
  const STEP = 150
  // How far the message in the middle moves in each frame, and how far the log is from where the page began.
  await ana.run(() => {
    const log = document.querySelector('[role=log]')!
    const moves: number[] = []
    let [held, top] = [undefined as Element | undefined, 0]
    const frame = () => {
      if (held?.isConnected) moves.push(held.getBoundingClientRect().top - top)
      const { left, top: above, width, height } = log.getBoundingClientRect()
      held = document.elementFromPoint(left + width / 2, above + height / 2)?.closest('article') ?? undefined
      top = held?.getBoundingClientRect().top ?? 0
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
    Object.assign(window, { moves })
  })
  const oldest = () => ana.run(() => document.querySelector('[role=log] article .body')?.textContent ?? '')
  await expect
    .poll(
      async () => {
        for (let turn = 0; turn < 5; turn++) await ana.turns({ css: '[role=log]' }, -STEP)
        return oldest()
      },
      { intervals: [1], timeout: 60_000 },
    )
    .toContain('message 1,')
  const moves = await ana.run(() => (window as unknown as { moves: number[] }).moves)
  expect(moves.filter((move) => move > 0).length).toBeGreaterThan(10)
  // Several turns may fall into a frame. A page that jumps moves by a thousand pixels, or backwards.
  expect(Math.min(...moves)).toBeGreaterThanOrEqual(-1)
  expect(Math.max(...moves)).toBeLessThanOrEqual(5 * STEP + 1)
})
