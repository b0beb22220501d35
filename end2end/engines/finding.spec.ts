import { Key } from './browser.ts'
import { expect, test } from './fixtures.ts'

test('mentions, room switching, search and settings work', async ({ comes, plain }) => {
  await plain('robot')
  const ana = await (await comes()).joins('ana')
  await ana.writes('hello @rob')
  await ana.sees({ css: '[role=option]' })
  await ana.types(Key.Enter)
  await expect.poll(() => ana.draft()).toContain('hello @robot')
  await ana.types(Key.Enter)
  await ana.reads('hello @robot')

  await ana.makesRoom('art')
  await ana.says('about pictures')
  await ana.clicks({ css: 'nav a[data-room=lobby]' })
  await expect.poll(() => ana.texts('h1')).toEqual(['#lobby'])
  await ana.reads('hello @robot')
  await ana.protocol.back()
  await expect.poll(() => ana.texts('h1')).toEqual(['#art'])

  await ana.clicks({ css: 'header button', name: 'Search' })
  await expect.poll(() => ana.run(() => (document.activeElement as HTMLInputElement).type)).toBe('search')
  await ana.types('PICTURE')
  await ana.sees({ css: '.search a[data-seq]' })
  await ana.clicks({ css: '.search a[data-seq]' })
  await ana.sees({ css: '[role=log] .body', name: 'about pictures' })

  await ana.clicks({ css: 'button[data-do=settings]' })
  await ana.clicks({ css: '[role=dialog] label', name: 'Dark' })
  const backgroundColour = () => ana.run(() => getComputedStyle(document.body).backgroundColor)
  const dark = await backgroundColour()
  await ana.reloads()
  expect(await backgroundColour()).toBe(dark)
  await ana.reads('about pictures')
})
