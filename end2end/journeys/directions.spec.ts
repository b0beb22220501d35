import { expect, test } from '../support/fixtures.ts'

/** A name whose final punctuation would move to its other side in a left-to-right sentence. */
const DANA = 'דנה!'
/** The text between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE (UAX #9). */
const isolated = (text: string) => `\u2068${text}\u2069`

test('names of the opposite text direction are isolated in sentences', async ({ visit, plain }) => {
  const ana = await (await visit()).joins('ana')
  const dana = await plain(DANA)
  await expect(ana.messages.getByText(`${isolated(DANA)} joined`, { exact: true })).toBeVisible()
  dana.says('שלום')
  await ana.reads('שלום')
  await expect(ana.article('שלום')).toHaveAccessibleName(new RegExp(`^${isolated(DANA)}, \\d`))
  await ana.usesAction('שלום', 'Reply')
  await expect(ana.page.getByText(`Answering ${isolated(DANA)}: ${isolated('שלום')}`)).toBeVisible()
  await expect(ana.page.getByRole('button', { name: isolated(DANA) })).toHaveAccessibleName(`Ignore ${isolated(DANA)}`)
})

test('a search result is separated from its time, whatever the text direction of its author', async ({ visit, plain }) => {
  const dana = await plain(DANA)
  dana.says('tea, please')
  await dana.receives('tea, please')
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

test('an empty text box has the text direction of the page, otherwise that of its text', async ({ visit }) => {
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

test('people whose names differ in accents only are distinguishable in the list', async ({ visit, plain }) => {
  const ana = await (await visit()).joins('Ana María')
  await plain('Ana Maria')
  await expect(ana.people.getByText('not Ana María', { exact: true })).toBeVisible()
  await expect(ana.people.getByText('not Ana Maria', { exact: true })).toBeVisible()
})
