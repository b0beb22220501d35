import type { Page } from '@playwright/test'

import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'
import { OldPerson, writeOldDatabase } from '../support/old_database.ts'

const MESSAGES = ['from the laptop', 'from the phone', 'from Ben']

/** The value of the session cookie. */
async function cookie(page: Page) {
  const cookies = await page.context().cookies()
  return cookies.find(({ name }) => name === 'parlor_session')?.value
}

/** Gives a browser what a page of commit 1728c87 has stored in it. */
const isOf = (person: OldPerson, address: string) => async (page: Page) => {
  await page.context().addCookies([{ name: 'parlor_session', value: person.secret, url: address, httpOnly: true, sameSite: 'Lax' }])
  await page.goto('/settings')
  await page.evaluate((items) => items.forEach(([key, value]) => localStorage.setItem(key!, value!)), [
    ['session', person.id],
    ['name', person.name],
  ])
}

/** Connects as an open page of that commit does: with the cookie that it has. Returns the answer to `hello`. */
const connects = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<Record<string, unknown>>((resolve, reject) => {
        const socket = new WebSocket(`${location.origin.replace('http', 'ws')}/ws/chat`, ['parlor.v1'])
        socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', rooms: [{ room: 'lobby' }] }))
        socket.onmessage = ({ data }) => {
          resolve(JSON.parse(data))
          socket.close()
        }
        socket.onerror = () => reject(new Error('no connection'))
      }),
  )

/** Edits a message and waits until the other devices show the new text. */
async function edits(device: Room, text: string, to: string, others: Room[]) {
  await device.usesAction(text, 'Edit')
  await device.says(to, 'Save')
  for (const other of others) await other.reads(to)
}

for (const open of [true, false]) {
  const how = open ? 'have their pages open' : 'come back at once'
  test(`two devices of one person ${how} when 1728c87 is upgraded: the name stays, and both edit all own messages`, async ({
    server,
    visit,
  }) => {
    const [ana, ben] = [new OldPerson('ana'), new OldPerson('ben')]
    await server.stop()
    server.replaceData((directory) =>
      writeOldDatabase(directory, MESSAGES.map((text) => ({ author: text.includes('Ben') ? ben : ana, text }))),
    )
    await server.start()
    const comes = (person: OldPerson) =>
      visit({
        bypassCSP: true,
        prepare: async (page) => {
          await isOf(person, server.address)(page)
          if (!open) return
          const welcome = await connects(page)
          expect(welcome).toMatchObject({ type: 'welcome', session: person.id, name: person.name })
        },
      })
    const [laptop, phone, other] = await Promise.all([comes(ana), comes(ana), comes(ben)])

    for (const device of [laptop, phone, other]) {
      await expect(device.composer).toBeVisible()
      await device.reads(...MESSAGES)
      await expect(device.people.getByText(/^(ana|ben)$/)).toHaveCount(2)
      await expect(device.people.getByRole('listitem')).toHaveCount(2)
    }
    // Ben is not Ana, and none of her devices is the other.
    await expect(other.article('from the phone').getByRole('button', { name: 'Edit', exact: true })).toHaveCount(0)
    const cookies = await Promise.all([laptop, phone, other].map(({ page }) => cookie(page)))
    expect(new Set([...cookies, ana.secret, ben.secret]).size).toBe(5)

    await edits(laptop, 'from the laptop', 'laptop, by the laptop', [phone, other])
    await edits(phone, 'laptop, by the laptop', 'laptop, by the phone', [laptop, other])
    await edits(phone, 'from the phone', 'phone, by the phone', [laptop, other])
    await edits(laptop, 'phone, by the phone', 'phone, by the laptop', [phone, other])
    await edits(other, 'from Ben', 'from Ben, edited', [laptop, phone])
    await laptop.says('after the upgrade')
    await phone.reads('after the upgrade')
    await edits(phone, 'after the upgrade', 'after the upgrade, by the phone', [laptop, other])

    await server.stop()
    await server.start()
    for (const device of [laptop, phone]) {
      await device.reload()
      await expect(device.composer).toBeVisible()
      await device.reads('laptop, by the phone', 'phone, by the laptop', 'after the upgrade, by the phone')
      expect(await device.page.evaluate(() => localStorage.getItem('name'))).toBe('ana')
    }
    expect(await Promise.all([laptop, phone].map(({ page }) => cookie(page)))).toEqual(cookies.slice(0, 2))
    const list = await laptop.page.context().newPage()
    await list.goto('/sessions')
    await expect(list.getByRole('listitem')).toHaveCount(2)

    // Each device ends by itself.
    await phone.loadAndHydrate(() => phone.opensMenu('Sign out'))
    await expect(phone.nameBox).toBeVisible()
    await laptop.says('still ana')
    await other.reads('still ana')
  })
}

test('the old secret gives nobody a session any more after its owner has signed out everywhere', async ({ server, visit }) => {
  const ana = new OldPerson('ana')
  await server.stop()
  server.replaceData((directory) => writeOldDatabase(directory, [{ author: ana, text: 'from ana' }]))
  await server.start()
  const laptop = await visit({ prepare: isOf(ana, server.address) })
  await expect(laptop.composer).toBeVisible()
  const list = await laptop.page.context().newPage()
  await list.goto('/sessions')
  await expect(list.getByText('Browsers from before the last update can still come back until')).toBeVisible()
  await list.getByRole('button', { name: 'Sign out everywhere' }).click()
  await expect(laptop.nameBox).toBeVisible()

  const thief = await visit({
    prepare: async (page) => {
      await isOf(ana, server.address)(page)
      await page.evaluate(() => localStorage.clear())
    },
  })
  await expect(thief.nameBox).toBeVisible()
  await thief.joins('someone')
  await thief.reads('from ana')
  await expect(thief.article('from ana').getByRole('button', { name: 'Edit', exact: true })).toHaveCount(0)
})
