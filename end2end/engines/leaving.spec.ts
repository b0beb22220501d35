import type { Visitor } from './visitor.ts'
import { expect, test } from './fixtures.ts'

/** Writes something into the page's database, as another page would. */
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

test('a page that was left does not lock the store, keeps what it knew, and goes on when one comes back to it', async ({
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
    // At once: what the page would keep after a moment is not in the store yet.
    await ana.protocol.goto(ana.at('/healthz'))
    await ana.opens()
    expect(await canWrite(ana)).toBe(true)
    await expect.poll(() => kept(ana)).toContain(`${text}, just before`)
  }
  await ana.run(() => void Object.assign(window, { stayed: true }))
  await ana.protocol.goto(ana.at('/healthz'))
  await ana.run(() => void (document.cookie = 'parlor_half_days=; path=/; max-age=0'))
  await ana.protocol.back()
  // The page as it was left, or one that is loaded anew: that keeps the cookie first.
  await expect
    .poll(() => ana.run(() => 'stayed' in window || document.cookie.includes('parlor_half_days')))
    .toBe(true)
  await ana.says('back again')
  await bot.hears('back again')
  await ana.reads('kept at once', 'back again')
  expect(await canWrite(ana)).toBe(true)
  await expect.poll(() => kept(ana)).toContain('back again')
})

test('signing out leaves nothing in the store', async ({ comes }) => {
  const ana = await (await comes()).joins('ana')
  await ana.says('mine')
  await expect.poll(() => kept(ana)).toContain('mine')
  await ana.clicks({ css: 'button[data-do=me]' })
  await ana.comesAlive(() => ana.clicks({ css: 'form[data-form=sign-out] button' }))
  await ana.sees({ css: 'input[name=name]' })
  // The room is there for everybody to read; nobody has to see that somebody was here who did.
  await expect.poll(() => ana.run(() => Object.keys(localStorage).filter((key) => key !== 'forgetting'))).toEqual([])
})
