import type { Page } from '@playwright/test'

import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

const PHONE =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36'

/** The name that the server gives to Playwright's own browser. */
const LAPTOP = 'Chrome, Linux'

/** Opens the list of devices in another tab. */
async function opensDevices(room: Room) {
  const page = await room.page.context().newPage()
  await page.goto('/sessions')
  await expect(page.getByRole('heading', { name: 'Your devices' })).toBeVisible()
  return page
}

const devices = (page: Page) => page.getByRole('listitem')

/** Continues as the same person in another browser, with a link that `from` makes. */
async function continuesOn(room: Room, from: Room, name: string) {
  const page = await opensDevices(from)
  await page.getByRole('button', { name: 'Use on another device' }).click()
  const link = (await page.getByRole('link', { name: /\/device\// }).getAttribute('href')) ?? ''
  await page.close()
  await room.page.goto(new URL(link).pathname)
  await room.loadAndHydrate(() => room.page.getByRole('button', { name: `Continue as ${name} on this device` }).click())
  await expect(room.composer).toBeVisible()
}

/** The value of the session cookie. */
async function cookie(room: Room) {
  const cookies = await room.page.context().cookies()
  return cookies.find(({ name }) => name === 'parlor_session')?.value
}

/** Waits until a page has forgotten its person. */
async function isSignedOut(room: Room) {
  await expect(room.nameBox).toBeVisible()
  await expect(room.nameBox).toHaveValue('')
  expect(await room.page.evaluate(() => localStorage.getItem('name'))).toBe(null)
}

test('a second device has a session of its own, and ending it on the other leaves name and messages', async ({ visit }) => {
  const laptop = await (await visit()).joins('ana')
  await laptop.makesRoom('art')
  await laptop.says('from the laptop')
  const phone = await visit({ userAgent: PHONE })
  await continuesOn(phone, laptop, 'ana')
  await phone.goesTo('art')
  await phone.says('from the phone')
  expect(await cookie(phone)).not.toBe(await cookie(laptop))

  const ownList = await opensDevices(phone)
  await expect(devices(ownList).filter({ hasText: 'Chrome, Android' })).toContainText('this device')
  await expect(devices(ownList).filter({ hasText: LAPTOP })).not.toContainText('this device')
  await ownList.close()
  const list = await opensDevices(laptop)
  await expect(devices(list)).toHaveCount(2)
  await expect(devices(list).filter({ hasText: LAPTOP })).toContainText('this device')
  await phone.hasStored('art', 'from the laptop')
  const other = await phone.opensNewTab()
  await phone.loadAndHydrate(() => list.getByRole('button', { name: 'Sign out: Chrome, Android' }).click())
  await expect(devices(list)).toHaveCount(1)
  await expect(devices(list)).toContainText('this device')

  for (const tab of [phone, other]) await isSignedOut(tab)
  await phone.hasErased('from the laptop')
  await expect(phone.room('art')).toBeHidden()
  // The name is still held, and its messages are those of the laptop.
  await phone.asksForName('ana')
  await expect(phone.nameBox).toHaveAccessibleDescription(/taken/)
  await laptop.reads('from the laptop', 'from the phone')
  await laptop.usesAction('from the phone', 'Edit')
  await laptop.says('edited by the laptop', 'Save')
  await laptop.reload()
  await laptop.reads('from the laptop', 'edited by the laptop')
})

test('signing out on one device leaves the other, and on the last one frees the name', async ({ visit }) => {
  const laptop = await (await visit()).joins('ana')
  const phone = await visit({ userAgent: PHONE })
  await continuesOn(phone, laptop, 'ana')
  const ben = await (await visit()).joins('ben')
  await laptop.loadAndHydrate(() => laptop.opensMenu('Sign out'))
  await isSignedOut(laptop)
  await phone.says('still here')
  await ben.reads('still here')
  await laptop.asksForName('ana')
  await expect(laptop.nameBox).toHaveAccessibleDescription(/taken/)

  await phone.loadAndHydrate(() => phone.opensMenu('Sign out'))
  await isSignedOut(phone)
  await expect(ben.people.getByRole('listitem')).toHaveCount(1)
  await laptop.joins('ana')
  // It is another person with the same name.
  await expect(laptop.article('still here').getByRole('button', { name: 'Edit', exact: true })).toHaveCount(0)
})

test('signing out everywhere ends all devices at once and frees the name', async ({ visit }) => {
  const laptop = await (await visit()).joins('ana')
  await laptop.says('from ana')
  const phone = await visit({ userAgent: PHONE })
  await continuesOn(phone, laptop, 'ana')
  const tablet = await visit()
  await continuesOn(tablet, phone, 'ana')
  const id = await laptop.createsRoom('Plans')
  await expect(phone.room('Plans')).toBeVisible()

  const list = await opensDevices(phone)
  await expect(devices(list)).toHaveCount(3)
  await list.getByRole('button', { name: 'Sign out everywhere' }).click()
  await expect(list).toHaveURL(/:\d+\/$/)
  for (const device of [laptop, phone, tablet]) {
    await isSignedOut(device)
    await expect(device.room('Plans')).toBeHidden()
    expect((await device.page.request.get(`/p/${id}`)).status()).toBe(404)
  }
  const ben = await (await visit()).joins('ana')
  await ben.reads('from ana')
  await expect(ben.article('from ana').getByRole('button', { name: 'Edit', exact: true })).toHaveCount(0)
  // The browsers do not know each other any more.
  const alone = await opensDevices(laptop)
  await expect(alone.getByText('Chrome, Android')).toHaveCount(0)
})

test('a device that was offline when its session ended loses private rooms and the name when it is back', async ({
  network,
  visit,
}) => {
  const laptop = await (await visit()).joins('ana')
  const phone = await visit({ address: network.address, userAgent: PHONE })
  await continuesOn(phone, laptop, 'ana')
  const id = await laptop.createsRoom('Plans')
  await laptop.says('a secret')
  await phone.goesToPrivate('Plans')
  await phone.hasStored(`~${id}`, 'a secret')
  network.disconnect()
  await phone.composer.fill('half a thought')
  const list = await opensDevices(laptop)
  await list.getByRole('button', { name: 'Sign out: Chrome, Android' }).click()
  await expect(devices(list)).toHaveCount(1)
  await expect(phone.retryNow).toBeVisible()
  network.reconnect()
  await phone.reconnectsNow()
  await expect(phone.room('Plans')).toBeHidden()
  await phone.hasErased(id, 'a secret')
  await expect(phone.nameBox).toBeVisible()
  await laptop.says('still ana')
  await laptop.reads('a secret', 'still ana')
})

test('a session ends by the sessions page also where no script runs', async ({ visit }) => {
  const laptop = await (await visit()).joins('ana')
  const phone = await visit({ javaScriptEnabled: false, userAgent: PHONE })
  const page = await opensDevices(laptop)
  await page.getByRole('button', { name: 'Use on another device' }).click()
  const link = (await page.getByRole('link', { name: /\/device\// }).getAttribute('href')) ?? ''
  await phone.page.goto(link)
  await phone.page.getByRole('button', { name: 'Continue as ana on this device' }).click()
  await expect(phone.composer).toBeVisible()
  await page.goto('/sessions')
  await page.getByRole('button', { name: 'Sign out: Chrome, Android' }).click()
  await expect(devices(page)).toHaveCount(1)
  await phone.page.reload()
  await expect(phone.nameBox).toBeVisible()
  await expect(phone.composer).toBeHidden()
})
