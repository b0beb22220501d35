import { Key } from './browser.ts'
import { expect, test } from './fixtures.ts'

test.use({ flags: ['--limits', 'off'] })

test('Tab stays within a dialog, and Escape restores the focus', async ({ comes }) => {
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

test('scrolling up through the history moves messages only as far as the wheel is turned', async ({ comes, plain }) => {
  const bot = await plain('bot')
  for (let number = 1; number <= 400; number++) bot.says(`message ${number}, with some more words for its line`)
  await bot.receives('message 400, with some more words for its line')
  const ana = await comes()
  await ana.reads('message 400, with some more words for its line')
  const [STEP, TURNS] = [150, 5]
  // The distance by which the message in the middle moves in each frame, and by how much the total exceeds the wheel's.
  await ana.run(() => {
    const log = document.querySelector('[role=log]')!
    const moves: number[] = []
    const ahead: number[] = []
    let [turned, moved] = [0, 0]
    log.addEventListener('wheel', (event) => (turned -= (event as WheelEvent).deltaY))
    let [held, top] = [undefined as Element | undefined, 0]
    const frame = () => {
      if (held?.isConnected) {
        const move = held.getBoundingClientRect().top - top
        moves.push(move)
        ahead.push((moved += move) - turned)
      }
      const { left, top: above, width, height } = log.getBoundingClientRect()
      held = document.elementFromPoint(left + width / 2, above + height / 2)?.closest('article') ?? undefined
      top = held?.getBoundingClientRect().top ?? 0
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
    Object.assign(window, { moves, ahead })
  })
  const oldest = () => ana.run(() => document.querySelector('[role=log] article .body')?.textContent ?? '')
  await expect
    .poll(
      async () => {
        for (let turn = 0; turn < TURNS; turn++) await ana.turns({ css: '[role=log]' }, -STEP)
        return oldest()
      },
      { intervals: [1], timeout: 60_000 },
    )
    .toContain('message 1,')
  const { moves, ahead } = await ana.run(() => {
    const { moves, ahead } = window as unknown as Record<'moves' | 'ahead', number[]>
    return { moves, ahead }
  })
  expect(moves.filter((move) => move > 0).length).toBeGreaterThan(5)
  // A frame may have any number of wheel turns, and the page may receive their events only after they have scrolled it.
  // A jump would exceed them by a thousand pixels, or go back.
  expect(Math.min(...moves)).toBeGreaterThanOrEqual(-1)
  expect(Math.max(...ahead)).toBeLessThanOrEqual(TURNS * STEP)
})
