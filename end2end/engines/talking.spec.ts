import { Key } from './browser.ts'
import { expect, test } from './fixtures.ts'

test('joining, posting, editing, deleting, reacting and replying work', async ({ comes, plain }) => {
  const bot = await plain('bot')
  const ana = await (await comes()).joins('ana')
  await ana.says('from ana')
  await bot.receives('from ana')
  bot.says('from bot')
  await ana.reads('from ana', 'from bot')

  await ana.usesAction('React')
  await ana.clicks({ css: '[role=dialog] button', name: '👍' })
  await ana.sees({ css: '[role=log] .reactions button' })
  await ana.usesAction('Reply')
  await ana.says('an answer')
  await bot.receives('from ana', 'an answer')
  await ana.sees({ css: '[role=log] article a.quote' })

  await ana.usesAction('Edit')
  await expect.poll(() => ana.draft()).toBe('an answer')
  await ana.types(', edited' + Key.Enter)
  await ana.reads('from ana', 'from bot', 'an answer, edited')
  await ana.usesAction('Delete')
  await expect.poll(() => ana.texts('[role=log]')).toEqual([expect.stringContaining('This message was deleted.')])
})
