import { expect, test } from './fixtures.ts'

test('what is written while the connection is cut is sent once, also after a reload, and what was missed appears', async ({
  comes,
  wire,
  plain,
}) => {
  const bot = await plain('bot')
  const ana = await (await comes(wire.address)).joins('ana')
  await ana.says('before')
  await bot.hears('before')
  wire.break()
  await ana.says('written meanwhile')
  await ana.says('and more')
  bot.says('missed')
  await bot.hears('before', 'missed')
  await ana.sees({ css: '.banner.shown' })
  await ana.reads('before', 'written meanwhile', 'and more')
  wire.mend()
  await ana.reloads()
  await bot.hears('before', 'missed', 'written meanwhile', 'and more')
  await ana.reads('before', 'missed', 'written meanwhile', 'and more')
  await ana.sees({ css: '.banner.shown' }, 0)
  expect(await ana.draft()).toBe('')
})
