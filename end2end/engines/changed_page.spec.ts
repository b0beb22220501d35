import { MANIPULATIONS } from '../support/page_manipulations.ts'
import { expect, test } from './fixtures.ts'

for (const name of ['comments stripped', 'an input before the name field']) {
  test(`a page that was modified in transit works: ${name}`, async ({ comes, plain, rewriter }) => {
    const bot = await plain('bot')
    bot.says('before')
    await bot.receives('before')
    rewriter.change = MANIPULATIONS[name]!
    const ana = await (await comes(rewriter.address)).joins('ana')
    await ana.says('from ana')
    await bot.receives('from ana')
    await ana.reads('before', 'from ana')
    expect(await ana.run(() => document.querySelectorAll('.app').length)).toBe(1)
  })
}
