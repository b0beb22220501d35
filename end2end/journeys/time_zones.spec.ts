import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import type { Page } from '@playwright/test'

import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

const TABLE = readFileSync(resolve(import.meta.dirname, '../support/time_zones.txt'), 'utf8')

/** Time zones for which the browser's database and the server's differ, with the reason. */
const DIFFERENT: Record<string, string> = {
  'Africa/El_Aaiun': 'Clocks changed on 14 April and on 1 May 1976: V8 keeps an offset for 19 days. Its `Intl` agrees.',
}

interface Zone {
  name: string
  /** The second of the Unix epoch from which the offset applies, and the offset from UTC in seconds. */
  changes: [number, number][]
}

const ZONES: Zone[] = TABLE.split('\n')
  .filter((line) => line && !line.startsWith('#'))
  .map((line) => {
    const [name, first, ...changes] = line.split(' ')
    const later = changes.map((change) => change.split('=').map(Number) as [number, number])
    return { name: name!, changes: [[0, Number(first)], ...later] }
  })

/** Sets the browser's time zone, also while a page is open. */
async function timeZoneSetter(page: Page) {
  const devtools = await page.context().newCDPSession(page)
  return (timezoneId: string) => devtools.send('Emulation.setTimezoneOverride', { timezoneId })
}

/** The time of day at an instant, by the time zone database of Node. */
function clock(at: Date, timeZone: string) {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at)
}

function offset(at: Date, timeZone: string) {
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(
    new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).format(at),
  )!
  return (sign === '-' ? -1 : 1) * (60 * Number(hours ?? 0) + Number(minutes ?? 0))
}

/** The displayed time of a message, and the instant that it stands for. */
async function displayedTime(room: Room, text: string) {
  const time = room.article(text).locator('time').first()
  return { shown: await time.textContent(), at: new Date((await time.getAttribute('datetime'))!) }
}

test('the browser has the same time zone rules as the server', async ({ visit }) => {
  const { page } = await visit({ hydrates: false })
  const setTimeZone = await timeZoneSetter(page)
  const different: string[] = []
  for (const { name, changes } of ZONES) {
    await setTimeZone(name)
    // The seconds around each change, and the middle between every two changes.
    const instants = changes.flatMap(([from, seconds], index) => {
      const until = changes[index + 1]?.[0] ?? Date.UTC(2025, 11, 31) / 1000
      return [from, Math.floor((from + until) / 2), until - 1].map((at): [number, number] => [at, Math.trunc(seconds / 60)])
    })
    const wrong = await page.evaluate(
      // As frontend/src/clock.rs computes it.
      (all) => all.filter(([at, minutes]) => -Math.trunc(new Date(at * 1000).getTimezoneOffset()) !== minutes),
      instants,
    )
    if (wrong.length > 0) different.push(`${name}: ${JSON.stringify(wrong)}`)
  }
  expect(different.filter((line) => !(line.split(':')[0]! in DIFFERENT))).toEqual([])
  expect(different.length, 'all that are said to differ do').toBe(Object.keys(DIFFERENT).length)
})

test('a message shows the local time at which it was posted, also after a change of the offset', async ({ visit }) => {
  const zone = 'Europe/Berlin'
  const ana = await (await visit({ locale: 'en-GB', timezoneId: zone })).joins('Ana')
  await ana.says('said today')
  const { shown, at } = await displayedTime(ana, 'said today')
  expect(shown).toBe(clock(at, zone))
  // An evening before a change of the offset. The page stays open across the change.
  const day = 24 * 3_600_000
  let evening = Math.ceil(at.getTime() / day) * day + 20 * 3_600_000
  while (offset(new Date(evening + day), zone) === offset(at, zone)) evening += day
  await ana.page.clock.install({ time: evening })
  await ana.reload()
  await expect(ana.article('said today').locator('time').first()).toHaveText(clock(at, zone))
  await ana.page.clock.fastForward(12 * 3_600_000)
  await expect(ana.retryNow).toBeHidden()
  await ana.says('said after the change')
  for (const text of ['said today', 'said after the change']) {
    const told = await displayedTime(ana, text)
    expect(told.shown).toBe(clock(told.at, zone))
  }
  // As the server renders it as well.
  await ana.page.route('**/*.wasm', (route) => route.abort())
  await ana.page.reload()
  const drawn = await displayedTime(ana, 'said today')
  expect(drawn.shown).toBe(clock(at, zone))
})

test('after travelling, times are those of the new time zone', async ({ visit }) => {
  const ana = await visit({ locale: 'en-GB' })
  const setTimeZone = await timeZoneSetter(ana.page)
  await setTimeZone('Asia/Kathmandu')
  await ana.reload()
  await ana.joins('Ana')
  await ana.says('said in the mountains')
  const { shown, at } = await displayedTime(ana, 'said in the mountains')
  expect(shown).toBe(clock(at, 'Asia/Kathmandu'))
  await setTimeZone('America/St_Johns')
  await ana.reload()
  await expect(ana.article('said in the mountains').locator('time').first()).toHaveText(clock(at, 'America/St_Johns'))
})

test('times are labelled UTC only if the time zone is unknown', async ({ visit, plain }) => {
  const bot = await plain('bot')
  bot.says('a message')
  await bot.receives('a message')
  const day = (room: Room) => room.messages.locator('.day')
  const reader = await visit({ javaScriptEnabled: false, locale: 'en-GB', timezoneId: 'Asia/Tokyo' })
  await expect(day(reader)).toHaveText(/^Today \(UTC\)$/)
  const { shown, at } = await displayedTime(reader, 'a message')
  expect(shown).toBe(clock(at, 'UTC'))
  const ana = await visit({ locale: 'en-GB', timezoneId: 'Asia/Tokyo' })
  await expect(day(ana)).toHaveText(/^[^()]+$/)
  expect((await displayedTime(ana, 'a message')).shown).toBe(clock(at, 'Asia/Tokyo'))
})
