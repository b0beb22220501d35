import type { Visitor } from './visitor.ts'
import { expect, test } from './fixtures.ts'

/** Whether another page can write to the page's database. */
const canWrite = (visitor: Visitor) =>
  visitor.run(
    () =>
      new Promise<boolean>((resolve) => {
        const opening = indexedDB.open('parlor', 1)
        opening.onsuccess = () => {
          const writing = opening.result.transaction('heads', 'readwrite')
          writing.objectStore('heads').delete('nothing')
          writing.oncomplete = () => {
            opening.result.close()
            resolve(true)
          }
        }
      }),
  )

const kept = (visitor: Visitor) =>
  visitor.run(
    () =>
      new Promise<string>((resolve) => {
        const opening = indexedDB.open('parlor', 1)
        opening.onsuccess = () => {
          const reading = opening.result.transaction('messages').objectStore('messages').getAll()
          reading.onsuccess = () => {
            opening.result.close()
            resolve(reading.result.join('\n'))
          }
        }
      }),
  )

test('a page left by navigation does not lock the store, stores its messages, and works after going back', async ({
  comes,
  plain,
}) => {
  const bot = await plain('bot')
  const ana = await (await comes()).joins('ana')
  await ana.says('kept at once')
  await expect.poll(() => kept(ana)).toContain('kept at once')
  for (const text of ['one', 'two', 'three']) {
    bot.says(`${text}, just before`)
    await ana.reads(`${text}, just before`)
    // Navigate at once, before the page has stored the message with its usual delay.
    await ana.protocol.goto(ana.at('/healthz'))
    await ana.opens()
    expect(await canWrite(ana)).toBe(true)
    await expect.poll(() => kept(ana)).toContain(`${text}, just before`)
  }
  await ana.run(() => void Object.assign(window, { stayed: true }))
  await ana.protocol.goto(ana.at('/healthz'))
  await ana.run(() => void (document.cookie = 'parlor_half_days=; path=/; max-age=0'))
  await ana.protocol.back()
  // Either the page is restored from the back/forward cache, or it is loaded again: then it sets the cookie first.
  await expect
    .poll(() => ana.run(() => 'stayed' in window || document.cookie.includes('parlor_half_days')))
    .toBe(true)
  await ana.says('back again')
  await bot.receives('back again')
  await ana.reads('kept at once', 'back again')
  expect(await canWrite(ana)).toBe(true)
  await expect.poll(() => kept(ana)).toContain('back again')
})

test('signing out deletes everything in the store', async ({ comes }) => {
  const ana = await (await comes()).joins('ana')
  await ana.says('mine')
  await expect.poll(() => kept(ana)).toContain('mine')
  await ana.clicks({ css: 'button[data-do=account]' })
  await ana.loadAndHydrate(() => ana.clicks({ css: 'form[data-form=sign-out] button' }))
  await ana.sees({ css: 'input[name=name]' })
  // Everybody may read the room, but nobody should see that somebody was signed in here.
  await expect.poll(() => ana.run(() => Object.keys(localStorage).filter((key) => key !== 'forgetting'))).toEqual([])
})
