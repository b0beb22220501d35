import { expect, test } from '../support/fixtures.ts'

test('Enter during an input method composition does not send', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit()).joins('ana')
  const browser = await ana.page.context().newCDPSession(ana.page)
  await ana.composer.focus()

  await browser.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 })
  // Chromium and Firefox set isComposing; Safari ends the composition first and reports keyCode 229.
  await ana.composer.dispatchEvent('keydown', { key: 'Enter', code: 'Enter', keyCode: 13, isComposing: true })
  await ana.composer.dispatchEvent('keydown', { key: 'Enter', code: 'Enter', keyCode: 229, isComposing: false })
  await expect(ana.composer).toHaveValue('にほん')
  await browser.send('Input.insertText', { text: '日本' })
  await expect(ana.composer).toHaveValue('日本')

  await ana.composer.press('Enter')
  await expect(ana.composer).toHaveValue('')
  await bot.receives('日本')
  expect(bot.received.map((frame) => ('message' in frame ? frame.message : frame))).not.toContain('にほん')
})

test('a draft survives a reload and is removed when it is sent', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit()).joins('ana')
  await ana.composer.fill('half a thou')
  await ana.reload()
  await expect(ana.composer).toHaveValue('half a thou')
  await ana.composer.press('End')
  await ana.composer.pressSequentially('ght')
  await ana.composer.press('Enter')
  await bot.receives('half a thought')
  await ana.reload()
  await expect(ana.composer).toHaveValue('')
})

test('on a touch screen Enter inserts a line break and the button sends', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true })).joins('ana')
  await ana.composer.pressSequentially('one\ntwo')
  await ana.sendButton.tap()
  await bot.receives('one\ntwo')
})

test('a message of white space is not sent, and the focus is kept', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit()).joins('ana')
  await ana.composer.fill('   ')
  await ana.composer.press('Enter')
  await ana.composer.fill('words')
  await ana.composer.press('Enter')
  await expect(ana.composer).toBeFocused()
  await bot.receives('words')
  expect(bot.received).toHaveLength(3)
})

test('the log stays at the end, and counts new messages while the reader is further up', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit({ viewport: { width: 900, height: 500 } })).joins('ana')
  const talk = Array.from({ length: 30 }, (_, i) => `line ${i}`)
  for (const text of talk) bot.says(text)
  await ana.reads(...talk)
  await expect(ana.message('line 29')).toBeInViewport()
  await expect(ana.jumpToLatest).toBeHidden()

  await ana.messages.hover()
  await ana.page.mouse.wheel(0, -400)
  await expect(ana.message('line 29')).not.toBeInViewport()
  const eye = ana.message('line 15')
  await eye.scrollIntoViewIfNeeded()
  const before = (await eye.boundingBox())!

  bot.says('something new')
  await expect(ana.jumpToLatest).toHaveAccessibleName(/^1 new/)
  bot.says('something newer')
  await expect(ana.jumpToLatest).toHaveAccessibleName(/^2 new/)
  const after = (await eye.boundingBox())!
  expect(Math.abs(after.y - before.y)).toBeLessThanOrEqual(1)

  await ana.jumpToLatest.click()
  await expect(ana.message('something newer')).toBeInViewport()
  await expect(ana.jumpToLatest).toBeHidden()
  bot.says('the newest')
  await expect(ana.message('the newest')).toBeInViewport()
})

test('posting a message scrolls to the end', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit({ viewport: { width: 900, height: 500 } })).joins('ana')
  const talk = Array.from({ length: 30 }, (_, i) => `line ${i}`)
  for (const text of talk) bot.says(text)
  await ana.reads(...talk)
  await ana.messages.hover()
  await ana.page.mouse.wheel(0, -2000)
  await expect(ana.message('line 29')).not.toBeInViewport()
  await ana.says('mine')
  await expect(ana.message('mine')).toBeInViewport()
})

test('a draft far above the limit has one text direction, and one per line again when it is shorter', async ({
  visit,
}) => {
  const ana = await (await visit()).joins('ana')
  const puts = (text: string) =>
    ana.composer.evaluate((field: HTMLTextAreaElement, text) => {
      field.value = text
      field.dispatchEvent(new Event('input', { bubbles: true }))
    }, text)
  for (const [line, direction] of [
    ['some words\n', 'ltr'],
    ['כמה מילים\n', 'rtl'],
  ]) {
    await puts(line!.repeat(10_000))
    await expect(ana.composer).toHaveAttribute('dir', direction!)
    await expect(ana.page.getByRole('alert').filter({ hasText: 'too long' })).toBeVisible()
    await puts(line!)
    await expect(ana.composer).toHaveAttribute('dir', 'auto')
  }
})
