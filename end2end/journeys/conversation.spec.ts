import { expect, test } from '../support/fixtures.ts'

test('two people and a plain client talk, and all see every message in order', async ({ visit, plain }) => {
  const ana = await (await visit()).joins('ana')
  const bot = await plain('bot')
  const ben = await (await visit()).joins('ben')
  await bot.receives('ben has joined the chat')

  await ana.says('hello from ana')
  await ben.reads('hello from ana')
  await ben.says('hello from ben')
  await bot.receives('hello from ben')
  bot.says('hello from the bot')
  await ana.reads('hello from the bot')
  await ana.says('and ana again')

  const said = ['hello from ana', 'hello from ben', 'hello from the bot', 'and ana again']
  await ana.reads(...said)
  await ben.reads(...said)
  await bot.receives(...said)
  expect(bot.received).toEqual([
    { username: 'bot', message: 'bot has joined the chat' },
    { username: 'ben', message: 'ben has joined the chat' },
    { username: 'ana', message: 'hello from ana' },
    { username: 'ben', message: 'hello from ben' },
    { username: 'bot', message: 'hello from the bot' },
    { username: 'ana', message: 'and ana again' },
  ])
  for (const name of ['ana', 'ben', 'bot']) {
    await expect(ana.people).toContainText(name)
    await expect(ben.people).toContainText(name)
  }
})

test('a visitor without a name can read earlier messages', async ({ visit, plain }) => {
  const bot = await plain('bot')
  bot.says('first')
  bot.says('second')
  await bot.receives('first', 'second')

  const late = await visit()
  await late.reads('first', 'second')
  await expect(late.people).toContainText('bot')
  await expect(late.nameBox).toBeVisible()
  bot.says('third')
  await late.reads('first', 'second', 'third')
})

test('without JavaScript the newest messages are shown', async ({ visit, plain }) => {
  const bot = await plain('bot')
  bot.says('first')
  bot.says('second')
  await bot.receives('first', 'second')

  const reader = await visit({ javaScriptEnabled: false })
  await expect(reader.message('first')).toBeVisible()
  await expect(reader.message('second')).toBeVisible()
  await reader.reads('first', 'second')
  await expect(reader.people).toContainText('bot')
})

const HOSTILE = ['<img src=x onerror=alert(1)>', '</script><script>alert(2)</script>', '<!-- --><b>&lt;bold&amp;</b>', '{{7*7}} ${7*7}']

test('hostile text is shown as text: live, server-rendered, and as a name', async ({ visit, plain }) => {
  const ana = await (await visit()).joins('ana')
  const mallory = await plain('</script><i>')
  for (const text of HOSTILE) mallory.says(text)
  await ana.reads(...HOSTILE)
  await expect(ana.people).toContainText('</script><i>')

  const late = await visit()
  await late.reads(...HOSTILE)
  const withoutScripts = await visit({ javaScriptEnabled: false })
  await withoutScripts.reads(...HOSTILE)
  await expect(withoutScripts.people).toContainText('</script><i>')
  for (const room of [ana, late, withoutScripts]) {
    await expect(room.messages.locator('img, script, b, i')).toHaveCount(0)
  }
})

test('a message can have several lines in any script', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit()).joins('さくら')
  await ana.composer.pressSequentially('first line')
  await ana.composer.press('Shift+Enter')
  await ana.composer.pressSequentially('زوسرا 👩‍💻')
  await ana.sendButton.click()
  await bot.receives('first line\nزوسرا 👩‍💻')
  await ana.reads('first line', 'زوسرا 👩‍💻')
})
