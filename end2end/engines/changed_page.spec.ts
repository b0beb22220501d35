import { MANIPULATIONS } from '../support/manipulations.ts'
import { expect, test } from './fixtures.ts'

for (const name of ['comments stripped', 'an input before the name field']) {
  test(`a page that was changed on its way works: ${name}`, async ({ comes, plain, rewriter }) => {
    const bot = await plain('bot')
    bot.says('before')
    await bot.hears('before')
    rewriter.change = MANIPULATIONS[name]!
    const ana = await (await comes(rewriter.address)).joins('ana')
    await ana.says('from ana')
    await bot.hears('from ana')
    await ana.reads('before', 'from ana')
    expect(await ana.run(() => document.querySelectorAll('.app').length)).toBe(1)
  })
}
