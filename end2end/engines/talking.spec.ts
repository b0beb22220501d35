import { Key } from './browser.ts'
import { expect, test } from './fixtures.ts'

test('people join, talk, edit, delete, react and answer', async ({ comes, plain }) => {
  const bot = await plain('bot')
  const ana = await (await comes()).joins('ana')
  await ana.says('from ana')
  await bot.hears('from ana')
  bot.says('from bot')
  await ana.reads('from ana', 'from bot')

  await ana.does('React')
  await ana.clicks({ css: '[role=dialog] button', name: '👍' })
  await ana.sees({ css: '[role=log] .reactions button' })
  await ana.does('Reply')
  await ana.says('an answer')
  await bot.hears('from ana', 'an answer')
  await ana.sees({ css: '[role=log] article a.quote' })

  await ana.does('Edit')
  await expect.poll(() => ana.draft()).toBe('an answer')
  await ana.types(', edited' + Key.Enter)
  await ana.reads('from ana', 'from bot', 'an answer, edited')
  await ana.does('Delete')
  await expect.poll(() => ana.texts('[role=log]')).toEqual([expect.stringContaining('This message was deleted.')])
})
