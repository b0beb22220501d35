import { expect, test } from '../support/fixtures.ts'

const REFUSED = [
  { why: 'empty', name: '' },
  { why: 'too long', name: 'x'.repeat(33) },
  { why: 'taken', name: 'bot' },
  { why: 'the same but for case', name: 'BoT' },
  { why: 'a look-alike', name: 'b\u043et' },
  { why: 'an invisible character', name: 'a\u200bna' },
  { why: 'a turn of direction', name: 'a\u202ena' },
]

for (const { why, name } of REFUSED) {
  test(`a refused name stays in its text box with the reason: ${why}`, async ({ visit, plain }) => {
    const bot = await plain('bot')
    const ana = await visit()
    await ana.asksForName(name)
    await expect(ana.nameBox).toHaveAccessibleDescription(/\S/)
    await expect(ana.nameBox).toHaveValue(name)
    await expect(ana.composer).toBeHidden()
    expect(bot.received).toHaveLength(1)

    await ana.joins('ana')
    await bot.receives('ana has joined the chat')
  })
}

test('a reload keeps the name and the messages, and is not announced as leaving', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ben = await (await visit()).joins('ben')
  const ana = await (await visit()).joins('ana')
  await ana.says('before')
  await ben.reads('before')

  await ana.reload()
  await expect(ana.composer).toBeVisible()
  await expect(ana.nameBox).toBeHidden()
  await ana.reads('before')
  await ana.says('after')
  await ana.reads('before', 'after')
  await ben.reads('before', 'after')
  await bot.receives('before', 'after')

  await expect(ben.messages.getByText(/\bleft\b/)).toHaveCount(0)
  await expect(ben.messages.getByText(/ana.*joined/)).toHaveCount(1)
  await expect(ben.people).toContainText('ana')
  expect(bot.received.filter((f) => 'message' in f && f.message === 'ana has joined the chat')).toHaveLength(1)
})

test('a second tab belongs to the same person', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const second = await ana.opensNewTab()
  await second.says('from the second tab')
  await ana.reads('from the second tab')
  await ana.says('from the first')
  await second.reads('from the second tab', 'from the first')
})
