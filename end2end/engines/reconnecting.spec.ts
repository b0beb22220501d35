import { expect, test } from './fixtures.ts'

test('messages written while disconnected are sent once, also after a reload, and missed messages appear', async ({
  comes,
  network,
  plain,
}) => {
  const bot = await plain('bot')
  const ana = await (await comes(network.address)).joins('ana')
  await ana.says('before')
  await bot.receives('before')
  network.disconnect()
  await ana.says('written meanwhile')
  await ana.says('and more')
  bot.says('missed')
  await bot.receives('before', 'missed')
  await ana.sees({ css: '.banner.shown' })
  await ana.reads('before', 'written meanwhile', 'and more')
  network.reconnect()
  await ana.reloads()
  await bot.receives('before', 'missed', 'written meanwhile', 'and more')
  await ana.reads('before', 'missed', 'written meanwhile', 'and more')
  await ana.sees({ css: '.banner.shown' }, 0)
  expect(await ana.draft()).toBe('')
})
