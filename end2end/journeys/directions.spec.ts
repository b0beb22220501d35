import { expect, test } from '../support/fixtures.ts'

/** A name whose mark at its end would jump to its other side in a sentence from left to right. */
const DANA = 'דנה!'
/** FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (UAX #9) around it. */
const isolated = (text: string) => `\u2068${text}\u2069`

test('names of the other direction are kept together in sentences', async ({ visit, plain }) => {
  const ana = await (await visit()).joins('ana')
  const dana = await plain(DANA)
  await expect(ana.messages.getByText(`${isolated(DANA)} joined`, { exact: true })).toBeVisible()
  dana.says('שלום')
  await ana.reads('שלום')
  await expect(ana.article('שלום')).toHaveAccessibleName(new RegExp(`^${isolated(DANA)}, \\d`))
  await ana.does('שלום', 'Reply')
  await expect(ana.page.getByText(`Answering ${isolated(DANA)}: ${isolated('שלום')}`)).toBeVisible()
  await expect(ana.page.getByRole('button', { name: isolated(DANA) })).toHaveAccessibleName(`Ignore ${isolated(DANA)}`)
})

test('what is found stands apart from the time, whatever the direction of its author', async ({ visit, plain }) => {
  const dana = await plain(DANA)
  dana.says('tea, please')
  await dana.hears('tea, please')
  const ana = await (await visit()).joins('ana')
  const box = await ana.opensSearch()
  await box.fill('tea')
  const found = ana.page.getByRole('list', { name: 'Search results' }).getByRole('link')
  await expect(found).toBeVisible()
  const gap = await found.evaluate((link) => {
    const [author, when] = ['b', '.you'].map((part) => link.querySelector(part)!.getBoundingClientRect())
    return when!.left - author!.right
  })
  expect(gap).toBeGreaterThanOrEqual(6)
})

test('an empty text box has the direction of the page, and one with text that of the text', async ({ visit }) => {
  for (const [locale, page, name] of [
    ['en-GB', 'ltr', 'ana'],
    ['ar', 'rtl', 'أنا'],
  ] as const) {
    const ana = await visit({ locale })
    await ana.page.getByRole('textbox').first().fill(name)
    await ana.page.keyboard.press('Enter')
    const composer = ana.page.locator('textarea')
    const direction = () => composer.evaluate((field) => getComputedStyle(field).direction)
    await expect(composer).toBeVisible()
    expect(await direction()).toBe(page)
    await composer.fill('שלום')
    expect(await direction()).toBe('rtl')
    await composer.fill('hello')
    expect(await direction()).toBe('ltr')
    await composer.fill('')
    expect(await direction()).toBe(page)
  }
})

test('who differs from another in accents alone is told apart in the list', async ({ visit, plain }) => {
  const ana = await (await visit()).joins('Ana María')
  await plain('Ana Maria')
  await expect(ana.people.getByText('not Ana María', { exact: true })).toBeVisible()
  await expect(ana.people.getByText('not Ana Maria', { exact: true })).toBeVisible()
})
