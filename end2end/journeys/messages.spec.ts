import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

test('an edit, a deletion and a reaction reach everyone, including clients that were disconnected', async ({ network, visit }) => {
  const ana = await (await visit()).joins('ana')
  const ben = await (await visit({ address: network.address })).joins('ben')
  for (const text of ['first', 'second', 'third']) await ana.says(text)
  await ben.reads('first', 'second', 'third')

  network.disconnect()
  await ana.usesAction('first', 'Edit')
  await expect(ana.composer).toHaveValue('first')
  await ana.composer.fill('first, in other words')
  await ana.page.getByRole('button', { name: 'Save' }).click()
  await ana.usesAction('second', 'Delete')
  await ana.usesAction('third', 'React')
  await ana.page.getByRole('dialog', { name: 'Reactions' }).getByRole('button', { name: '👍' }).click()
  network.reconnect()

  for (const room of [ana, ben, await visit()]) {
    await room.reads('first, in other words', 'third')
    await expect(room.message('first')).toBeHidden()
    await expect(room.message('second')).toBeHidden()
    await expect(room.messages).toContainText('This message was deleted.')
    await expect(room.messages).toContainText('edited')
    await expect(room.messages.getByRole('button', { name: /^👍 1, ana/ })).toBeVisible()
  }
})

test('a reaction from two tabs counts once, and repeating it removes it', async ({ network, visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.says('a good idea')
  const ben = await (await visit({ address: network.address })).joins('ben')
  const tab = await ben.opensNewTab()
  for (const room of [ben, tab]) await room.reads('a good idea')
  // Neither tab can know of the other’s reaction.
  network.disconnect()
  for (const room of [ben, tab]) {
    await room.usesAction('a good idea', 'React')
    await room.page.getByRole('dialog').getByRole('button', { name: '🎉' }).click()
  }
  network.reconnect()
  const chip = ana.messages.getByRole('button', { name: /^🎉/ })
  await expect(chip).toHaveAccessibleName('🎉 1, ben')
  await chip.click()
  await expect(chip).toHaveAccessibleName(/^🎉 2/)
  await expect(chip).toHaveAttribute('aria-pressed', 'true')
  await chip.click()
  await expect(ben.messages.getByRole('button', { name: /^🎉/ })).toHaveAccessibleName('🎉 1, ben')
})

test('a reply quotes and links to the message that it answers', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit({ viewport: { width: 900, height: 500 } })).joins('ana')
  bot.says('Who brings the tent?')
  for (let i = 0; i < 30; i++) bot.says(`line ${i}`)
  await ana.reads('line 29')
  await ana.usesAction('Who brings the tent?', 'Reply')
  await expect(ana.page.getByText('Answering bot: Who brings the tent?')).toBeVisible()
  await ana.says('I do')
  await bot.receives('I do')
  const answer = ana.messages.getByRole('article').filter({ has: ana.page.getByText('I do', { exact: true }) })
  await expect(answer).toBeInViewport()
  await answer.getByRole('link', { name: /Who brings the tent/ }).click()
  await expect(ana.messages.getByRole('article').filter({ hasText: 'Who brings the tent?' }).first()).toBeFocused()
  await expect(ana.messages.getByRole('article').filter({ hasText: 'Who brings the tent?' }).first()).toBeInViewport()
})

test('Up edits the last own message, and Escape cancels and restores the draft', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit()).joins('ana')
  await ana.says('wrogn')
  await bot.receives('wrogn')
  // The author sees it in the log as well.
  await expect(ana.messages.getByRole('article')).toHaveAttribute('id', /^m\d+$/)
  await ana.composer.press('ArrowUp')
  await expect(ana.composer).toHaveValue('wrogn')
  await ana.composer.press('Escape')
  await expect(ana.composer).toHaveValue('')
  await ana.composer.press('ArrowUp')
  await ana.composer.fill('right')
  await ana.composer.press('Enter')
  await ana.reads('right')
  await expect(ana.composer).toHaveValue('')

  // From the log to a message and its actions, without a pointer.
  await ana.messages.focus()
  await ana.page.keyboard.press('ArrowUp')
  await expect(ana.messages.getByRole('article').filter({ has: ana.page.getByText('right', { exact: true }) })).toBeFocused()
  await ana.page.keyboard.press('Tab')
  await expect(ana.messages.getByRole('button', { name: 'React' }).last()).toBeFocused()
})

test('a draft is kept while an old message is edited', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.says('old')
  await ana.reads('old')
  await ana.composer.fill('half a thou')
  await ana.usesAction('old', 'Edit')
  await expect(ana.composer).toHaveValue('old')
  await ana.page.getByRole('button', { name: 'Cancel' }).click()
  await expect(ana.composer).toHaveValue('half a thou')
})

test('markup is rendered by the server and by the page', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit()).joins('ana')
  bot.says('**strong** and `code`, see https://example.org/a')
  bot.says('```rust\nlet x = 1;\n```')
  for (const room of [ana, await visit({ javaScriptEnabled: false })]) {
    await expect(room.messages.locator('strong')).toHaveText('strong')
    await expect(room.messages.locator('pre code')).toHaveText('let x = 1;')
    await expect(room.messages.getByRole('link', { name: 'https://example.org/a' })).toHaveAttribute('rel', /noopener/)
  }
})

test.describe('without limits', () => {
  test.use({ flags: ['--limits', 'off'] })

  test('the URL of a message opens the room at that message, and the button back leads to the end', async ({ visit, plain, server }) => {
    const bot = await plain('bot')
    for (let i = 1; i <= 600; i++) bot.says(`message ${i}`)
    await bot.receives('message 600')
    const ana = await visit()
    await ana.page.goto(`${server.address}/r/lobby/100`)
    await expect(ana.message('message 100')).toBeInViewport()
    await expect(ana.message('message 80')).toBeAttached()
    await expect(ana.message('message 120')).toBeAttached()
    await ana.page.getByRole('button', { name: 'To the newest' }).click()
    await expect(ana.message('message 600')).toBeInViewport()

    const reader = await visit({ javaScriptEnabled: false })
    await reader.page.goto(`${server.address}/r/lobby/100#m100`)
    await expect(reader.message('message 100')).toBeInViewport()
  })

  test('the third of a hundred thousand messages opens by its URL in under a second', { tag: '@alone' }, async ({ visit, plain, server }) => {
    test.setTimeout(180_000)
    const bot = await plain('bot')
    for (let i = 1; i <= 100_000; i++) {
      bot.says(`message ${i}`)
      // Not more at once than the server reads: unanswered messages are buffered in this process.
      if (i % 10_000 === 0) await bot.receives(`message ${i}`)
    }
    const ana = await visit()
    const start = performance.now()
    await ana.page.goto(`${server.address}/r/lobby/3`)
    await expect(ana.message('message 3')).toBeInViewport()
    const took = performance.now() - start
    test.info().annotations.push({ type: 'opened after', description: `${took.toFixed()} ms` })
    expect(took).toBeLessThan(1_000)
    await ana.page.getByRole('button', { name: 'To the newest' }).click()
    await expect(ana.message('message 100000')).toBeInViewport()
  })
})

test('the accessible name of a message has author, time, text and state', async ({ visit, network }) => {
  const ana = await (await visit({ address: network.address })).joins('ana')
  const ben = await (await visit()).joins('ben')
  const called = (room: Room, text: string) => room.messages.getByRole('article').filter({ hasText: text }).last()
  const time = '\\d\\d?:\\d\\d( [AP]M)?'
  await ana.says('Who brings the **tent**?')
  // The second message of a group shows no author.
  await ana.says('And a stove')
  await expect(called(ben, 'tent')).toHaveAccessibleName(new RegExp(`^ana, ${time} Who brings the tent\\?$`))
  await expect(called(ben, 'stove')).toHaveAccessibleName(new RegExp(`^ana, ${time} And a stove$`))
  await ben.usesAction('And a stove', 'Reply')
  await ben.says('I do')
  await expect(called(ana, 'I do')).toHaveAccessibleName(new RegExp(`^ben, ${time}, Answering ana: And a stove I do$`))
  await ana.says('One cup')
  await ana.usesAction('One cup', 'Edit')
  await ana.says('Two cups', 'Save')
  await expect(called(ben, 'Two cups')).toHaveAccessibleName(new RegExp(`^ana, ${time} Two cups edited$`))
  await ben.usesAction('I do', 'Delete')
  await expect(called(ana, 'deleted')).toHaveAccessibleName(new RegExp(`^ben, ${time}(, Answering ana: And .*)? This message was deleted\\.$`))
  network.disconnect()
  await ana.says('Later')
  await expect(called(ana, 'Later')).toHaveAccessibleName(new RegExp(`^ana, ${time}, (sending|waiting for the connection) Later$`))
  network.reconnect()
  await expect(called(ana, 'Later')).toHaveAccessibleName(new RegExp(`^ana, ${time} Later$`))
})
