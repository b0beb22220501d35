import { lowContrastTexts } from '../support/text_contrast.ts'
import { expect, test } from '../support/fixtures.ts'

// WCAG 2.2, 1.4.3: text on its background; 1.4.11: what indicates a control or a state.
const TEXT = 4.5
const CONTROL = 3

const people = Array.from({ length: 8 }, (_, colour) => `u${colour}`)
const PAIRS: [string[], string[], number][] = [
  [['ink', 'ink-2', 'ink-3', 'accent', ...people], ['paper', 'raised', 'sunken'], TEXT],
  [['bad'], ['paper', 'raised', 'bad-wash'], TEXT],
  [['warn'], ['paper', 'warn-wash'], TEXT],
  [['accent', 'ink'], ['accent-wash'], TEXT],
  [['accent-ink'], ['accent'], TEXT],
  [['paper'], ['ink-3'], TEXT],
  [['line-strong', 'here', 'focus'], ['paper', 'raised', 'sunken'], CONTROL],
]

for (const colorScheme of ['light', 'dark'] as const) {
  test(`colours have sufficient contrast in the ${colorScheme} scheme`, async ({ visit }) => {
    const { page } = await visit({ colorScheme })
    const faint = await page.evaluate((pairs) => {
      const probe = document.body.appendChild(document.createElement('i'))
      const luminance = (token: string) => {
        probe.style.color = ''
        probe.style.color = `var(--${token})`
        const parts = getComputedStyle(probe).color.match(/[\d.]+/g)?.map(Number) ?? []
        if (parts.length !== 3) throw new Error(`${token} is no plain colour`)
        const [red = 0, green = 0, blue = 0] = parts.map((part) =>
          part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue
      }
      return pairs.flatMap(([inks, grounds, least]) =>
        inks.flatMap((ink) =>
          grounds.flatMap((ground) => {
            const [one, other] = [luminance(ink), luminance(ground)]
            const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
            return contrast < least ? [`${ink} on ${ground}: ${contrast.toFixed(2)} of ${least}`] : []
          }),
        ),
      )
    }, PAIRS)
    expect(faint).toEqual([])
  })
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`away, ignored, muted, unsent and deleted items are legible in the ${colorScheme} scheme`, async ({ visit, network }) => {
    const ana = await (await visit({ colorScheme })).joins('Ana')
    await (await visit()).joins('Ivo')
    const ben = await (await visit({ address: network.address })).joins('Ben')
    const away = await visit()
    await away.page.clock.install()
    await away.reload()
    await away.joins('Zoe')
    await away.page.clock.fastForward('11:00')
    await ben.says('Who brings the tent, @Ana?')
    await ana.reads('Who brings the tent, @Ana?')
    await ana.usesAction('Who brings the tent, @Ana?', 'Reply')
    await ana.says('I do')
    await ana.reacts('I do', '👍')
    await ana.says('Wrong')
    await ana.usesAction('Wrong', 'Delete')
    await expect(ana.messages).toContainText('This message was deleted.')
    await ana.people.getByRole('button', { name: 'Ignore Ivo' }).click()
    network.disconnect()
    await expect(ana.people.getByText('reconnecting')).toBeVisible()
    await expect(ana.people.getByText('away')).toBeVisible()
    await ana.makesRoom('muted')
    await ana.page.getByRole('button', { name: 'Notifications: mentions' }).click()
    await ana.page.getByRole('button', { name: 'Notifications: all messages' }).click()
    await ana.goesTo('lobby')
    await ana.page.context().setOffline(true)
    await ana.page.clock.install()
    await ana.says('Not sent')
    expect(await lowContrastTexts(ana.page)).toEqual([])
  })
}
