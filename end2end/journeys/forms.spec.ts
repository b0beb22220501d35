import { expect, test } from '../support/fixtures.ts'

const SIZES = [
  { device: 'phone', viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  { device: 'desktop', viewport: { width: 1440, height: 900 }, isMobile: false, hasTouch: false },
]

test.use({ flags: ['--limits', 'off'] })

for (const { device, ...size } of SIZES) {
  test(`without JavaScript joining, posting, paging and switching rooms work on a ${device}`, async ({ visit, plain }) => {
    const bot = await plain('bot')
    for (let i = 1; i <= 70; i++) bot.says(`number ${i}`)
    await bot.receives('number 70')

    const ana = await visit({ ...size, javaScriptEnabled: false })
    expect(await ana.scrollsSideways()).toBe(false)
    await ana.asksForName('bot')
    await expect(ana.nameBox).toHaveValue('bot')
    await expect(ana.nameBox).toHaveAccessibleDescription(/taken/)
    await ana.joins('Ana')
    await ana.composer.fill('hello\nfrom a form')
    await ana.sendButton.click()
    await bot.receives('hello\nfrom a form')
    await ana.reads('hello', 'from a form')
    await expect(ana.composer).toBeEmpty()
    await expect(ana.composer).toBeInViewport({ ratio: 1 })
    const path = test.info().project.outputDir + `/screens/forms-${device}.png`
    await ana.page.screenshot({ path })

    await expect(ana.message('number 5')).toBeHidden()
    await ana.page.getByRole('link', { name: 'Older messages' }).click()
    await expect(ana.message('number 5')).toBeAttached()
    await ana.page.getByRole('link', { name: 'To the newest' }).click()
    await ana.reads('from a form')

    await ana.page.getByRole('link', { name: 'All rooms' }).click()
    await ana.page.screenshot({ path: test.info().project.outputDir + `/screens/forms-rooms-${device}.png` })
    await ana.page.getByRole('textbox', { name: 'Room name' }).fill('Book club')
    await ana.page.getByRole('button', { name: 'Open' }).click()
    await expect(ana.heading).toHaveText('#book-club')
    await ana.composer.fill('anyone here?')
    await ana.sendButton.click()
    await ana.reads('anyone here?')

    const ben = await (await visit()).joins('Ben')
    await ben.makesRoom('book-club')
    await ben.reads('anyone here?')
  })
}

test('text typed before hydration is kept, and the layout does not shift', async ({ visit, plain }) => {
  const bot = await plain('bot')
  for (let i = 1; i <= 30; i++) bot.says(`number ${i}`)
  await bot.receives('number 30')
  // With a service worker the WASM would be available at once.
  const ana = await (await visit({ serviceWorkers: 'block' })).joins('Ana')
  for (const person of [ana, await visit({ serviceWorkers: 'block' })]) {
    const box = person === ana ? person.composer : person.nameBox
    let alive = () => {}
    const wait = new Promise<void>((resolve) => (alive = resolve))
    await person.page.route('**/*.wasm', async (route) => {
      await wait
      await route.continue()
    })
    await person.loadAndHydrate(async () => {
      await person.page.reload({ waitUntil: 'commit' })
      await expect(box).toBeVisible()
      await box.pressSequentially('half a ')
      const before = await box.elementHandle()
      await person.page.evaluate(() => {
        const shifts: number[] = []
        Object.assign(window, { shifts })
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value)
        }).observe({ type: 'layout-shift', buffered: true })
      })
      alive()
      await expect(person.page.locator('.app')).toBeVisible()
      expect(await before?.evaluate((box) => box.isConnected)).toBe(true)
    })
    await box.pressSequentially('thought')
    await expect(box).toHaveValue('half a thought')
    await expect(box).toBeFocused()
    expect(await person.page.evaluate(() => (window as unknown as { shifts: number[] }).shifts)).toEqual([])
    await person.page.unroute('**/*.wasm')
  }
})

test('a form submitted before hydration is accepted once', async ({ visit, plain }) => {
  const bot = await plain('bot')
  // With a service worker the page would be hydrated before a form could be submitted.
  const ana = await visit({ serviceWorkers: 'block' })
  await ana.page.route('**/*.wasm', () => {})
  await ana.page.reload({ waitUntil: 'commit' })
  await ana.asksForName('Ana')
  await expect(ana.composer).toBeVisible()
  await ana.composer.fill('quick')
  await ana.sendButton.click()
  await bot.receives('quick')
  await ana.reads('quick')
  await ana.page.unroute('**/*.wasm')
  await ana.reload()
  await ana.reads('quick')
  await expect(ana.composer).toBeEmpty()
  await ana.says('and quicker')
  await bot.receives('quick', 'and quicker')
  expect(ana.posted).toHaveLength(1)
})
