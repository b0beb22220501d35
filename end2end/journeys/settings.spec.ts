import type { Room } from '../pages/room.ts'
import { seriousViolations } from '../support/axe.ts'
import { expect, test } from '../support/fixtures.ts'

const backgroundColour = (room: Room) => room.page.evaluate(() => getComputedStyle(document.body).backgroundColor)

async function sets(room: Room, group: string, choice: string) {
  await room.page.getByRole('group', { name: group }).getByText(choice, { exact: true }).click()
}

test('settings apply at once, and after a reload from the first paint', async ({ visit }) => {
  // With a service worker the WASM would be available before the server-rendered page is visible.
  const ana = await (await visit({ colorScheme: 'light', locale: 'en-GB', serviceWorkers: 'block' })).joins('Ana')
  const bars = () => ana.page.locator('meta[name=theme-color]').evaluateAll((all) => all.map((one) => one.getAttribute('content')))
  const [day, night] = await bars()
  expect(day).not.toBe(night)
  await ana.says('a message')
  const light = await backgroundColour(ana)
  await ana.page.getByRole('button', { name: 'Settings' }).click()
  await expect(ana.page.getByRole('dialog', { name: 'Settings' })).toBeVisible()
  await sets(ana, 'Theme', 'Dark')
  await expect.poll(() => backgroundColour(ana)).not.toBe(light)
  const dark = await backgroundColour(ana)
  expect(await bars()).toEqual([night, night])
  await expect(ana.messages.getByRole('article')).toHaveAccessibleName(/^Ana, \d\d:\d\d a message$/)
  await sets(ana, 'Times', '12 hours')
  await expect(ana.messages.getByRole('article')).toHaveAccessibleName(/^Ana, \d+:\d\d [AP]M a message$/)
  await sets(ana, 'Density', 'Compact')
  await sets(ana, 'Motion', 'Less')
  const author = ana.messages.locator('.author')
  const own = async () => author.evaluate((name) => getComputedStyle(name).color)
  const before = await own()
  for (const colour of ['Colour 1', 'Colour 2']) {
    await ana.page.getByRole('radio', { name: colour }).check({ force: true })
  }
  const [one, two] = [await own(), before]
  expect(await seriousViolations(ana.page)).toEqual([])
  await ana.page.screenshot({ path: test.info().project.outputDir + '/screens/settings.png' })

  // The server renders it so, before any script has run.
  await ana.page.route('**/*.wasm', () => {})
  await ana.page.reload({ waitUntil: 'commit' })
  await expect(ana.message('a message')).toBeVisible()
  expect(await backgroundColour(ana)).toBe(dark)
  expect(await bars()).toEqual([night, night])
  expect(await own()).toBe(one)
  await expect(ana.messages.getByRole('article')).toHaveAccessibleName(/^Ana, \d+:\d\d [AP]M a message$/)
  await ana.page.unroute('**/*.wasm')
  await ana.reload()
  await ana.page.getByRole('button', { name: 'Settings' }).click()
  await expect(ana.page.getByRole('radio', { name: 'Dark' })).toBeChecked()
  await expect(ana.page.getByRole('radio', { name: 'Compact' })).toBeChecked()
  await sets(ana, 'Colour of your name', 'As others see it')
  expect(await own()).toBe(two)
  await sets(ana, 'Theme', 'As the system')
  expect(await backgroundColour(ana)).toBe(light)
})

test('the chosen accent colour is not visible to other people', async ({ visit }) => {
  const ana = await (await visit()).joins('Ana')
  const ben = await (await visit()).joins('Ben')
  await ana.says('a message')
  await ben.reads('a message')
  const colour = (room: Room) =>
    room.messages.locator('.author').evaluate((name) => getComputedStyle(name).getPropertyValue('--c'))
  const given = await colour(ben)
  await ana.page.getByRole('button', { name: 'Settings' }).click()
  const seen = new Set<string>()
  for (let index = 1; index <= 8; index++) {
    await ana.page.getByRole('radio', { name: `Colour ${index}` }).check({ force: true })
    seen.add(await colour(ana))
  }
  expect(seen.size).toBe(8)
  expect(await colour(ben)).toBe(given)
})

test('a notification has a sound only if it is enabled', async ({ visit }) => {
  const ana = await visit({ permissions: ['notifications'] })
  await ana.page.addInitScript(() => {
    const tones: number[] = []
    Object.assign(window, { tones })
    const start = OscillatorNode.prototype.start
    OscillatorNode.prototype.start = function (when) {
      tones.push(this.frequency.value)
      start.call(this, when)
    }
  })
  await ana.reload()
  await ana.joins('Ana')
  const ben = await (await visit()).joins('Ben')
  const tones = () => ana.page.evaluate(() => (window as unknown as { tones: number[] }).tones.length)
  await ana.makesRoom('elsewhere')
  await ben.says('@Ana one')
  await expect(ana.room('lobby')).toHaveAccessibleName(/1/)
  expect(await tones()).toBe(0)
  await ana.page.getByRole('button', { name: 'Settings' }).click()
  await sets(ana, 'A sound with notifications', 'On')
  await ben.says('@Ana two')
  await expect.poll(tones).toBe(2)
})

test('settings can be changed without JavaScript', async ({ visit }) => {
  const ana = await visit({ javaScriptEnabled: false, colorScheme: 'light' })
  const light = await backgroundColour(ana)
  await ana.page.getByRole('link', { name: 'Settings', exact: true }).click()
  await ana.page.getByText('Dark', { exact: true }).click()
  await ana.page.getByText('Deutsch').click()
  await ana.page.getByRole('button', { name: 'Save' }).click()
  await expect(ana.page.getByRole('heading', { name: 'Einstellungen' })).toBeVisible()
  await ana.page.screenshot({ path: test.info().project.outputDir + '/screens/settings-form.png', fullPage: true })
  await ana.page.getByRole('link', { name: 'Zum Raum' }).click()
  await expect(ana.page.getByRole('textbox', { name: 'Dein Name' })).toBeVisible()
  expect(await backgroundColour(ana)).not.toBe(light)
})
