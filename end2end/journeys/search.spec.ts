import { expect, test } from '../support/fixtures.ts'

test.describe('without limits', () => {
  test.use({ flags: ['--limits', 'off'] })

  test('messages are found while typing, in the room and in all rooms, and results link to their position', async ({ visit, plain }) => {
    const bot = await plain('bot')
    bot.says('The tent is in the cellar')
    bot.says('私は東京に住んでいます')
    for (let i = 0; i < 120; i++) bot.says(`line ${i}`)
    await bot.receives('line 119')
    const ana = await (await visit({ viewport: { width: 1300, height: 600 } })).joins('ana')
    await ana.makesRoom('camping')
    await ana.says('another tent, in the attic')

    const box = await ana.opensSearch()
    const results = ana.page.getByRole('list', { name: 'Search results' })
    await box.pressSequentially('TENT')
    await expect(results.getByRole('listitem')).toHaveText([/another tent, in the attic/])
    await ana.page.getByRole('checkbox', { name: 'In all my rooms' }).check()
    await expect(results.getByRole('listitem')).toHaveText([/another tent, in the attic/, /#lobby.*The tent is in the cellar/])
    await box.fill('cellar tent')
    await expect(results.getByRole('listitem')).toHaveCount(1)
    // Phones type curly quotes.
    await box.fill('“IN THE ATTIC”')
    await expect(results.locator('mark')).toHaveText('in the attic')
    await expect(results.getByRole('listitem')).toHaveCount(1)
    const off = { spellcheck: 'false', autocorrect: 'off', autocapitalize: 'off', autocomplete: 'off' }
    for (const [name, value] of Object.entries(off)) {
      await expect(box).toHaveAttribute(name, value)
    }
    await box.fill('東京')
    await expect(results.getByRole('listitem')).toHaveText([/私は東京に住んでいます/])
    await box.fill('tent from:bot')
    await expect(results.getByRole('listitem')).toHaveCount(1)
    await box.fill('tent after:2100-01-01')
    await expect(ana.page.getByText('Nothing was found.')).toBeVisible()
    await box.fill('tent before:tomorrow')
    await expect(ana.page.getByRole('status').filter({ hasText: 'a day' })).toBeVisible()

    await box.fill('cellar')
    await results.getByRole('link').click()
    await expect(ana.heading).toHaveText('#lobby')
    await expect(ana.message('The tent is in the cellar')).toBeInViewport()
    await expect(ana.messages.getByRole('article').filter({ hasText: 'cellar' })).toBeFocused()
    await ana.page.getByRole('button', { name: 'To the newest' }).click()
    await expect(ana.message('line 119')).toBeInViewport()
  })

  test('the search reopens with the previous query and results, ready to be replaced', async ({ visit }) => {
    const ana = await (await visit({ viewport: { width: 1300, height: 600 } })).joins('ana')
    await ana.says('The tent is in the cellar')
    const results = ana.page.getByRole('list', { name: 'Search results' }).getByRole('listitem')
    await (await ana.opensSearch()).fill('tent')
    await expect(results).toHaveCount(1)
    await ana.page.keyboard.press('Escape')
    await expect(results).toHaveCount(0)

    const box = await ana.opensSearch()
    await expect(box).toHaveValue('tent')
    await expect(results).toHaveCount(1)
    expect(await box.evaluate((box: HTMLInputElement) => [box.selectionStart, box.selectionEnd])).toEqual([0, 4])
    await ana.says('another tent')
    await expect(ana.messages.getByRole('article').last()).toHaveAttribute('id', /^m\d+$/)
    await ana.page.keyboard.press('Escape')
    await ana.opensSearch()
    await expect(results).toHaveCount(2)
    // In another room the same query has other results, also while the search stays open.
    await ana.makesRoom('camping')
    await ana.opensSearch()
    await expect(ana.page.getByText('Nothing was found.')).toBeVisible()
    await ana.page.keyboard.press('Alt+ArrowDown')
    await expect(ana.heading).toHaveText('#lobby')
    await expect(results).toHaveCount(2)
    await box.focus()
    await box.press('Control+a')
    await ana.page.keyboard.type('cellar')
    await expect(results).toHaveCount(1)
  })

  test('the log can be opened at a date', async ({ visit, plain }) => {
    const bot = await plain('bot')
    for (let i = 0; i < 120; i++) bot.says(`line ${i}`)
    await bot.receives('line 119')
    const ana = await (await visit({ viewport: { width: 1300, height: 600 } })).joins('ana')
    await ana.opensSearch()
    const today = await ana.page.evaluate(() => {
      const now = new Date()
      return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
    })
    await ana.page.getByLabel('Go to a day').fill(today)
    await expect(ana.message('line 0')).toBeInViewport()
  })
})
