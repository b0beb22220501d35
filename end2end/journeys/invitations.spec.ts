import type { Page } from '@playwright/test'

import { RoomSettings } from '../pages/room_settings.ts'
import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

const OVER = 'It has expired, was used up or was revoked. Ask for a new one.'

/** Accepts an invitation, and waits for the page of its room. */
async function accepts(room: Room, link: string) {
  await room.page.goto(link)
  await expect(room.page.getByRole('heading', { name: 'You are invited' })).toBeVisible()
  await room.loadAndHydrate(() => room.page.getByRole('button', { name: 'Enter the room' }).click())
}

/** Waits for the page that says that an invitation can't be used. */
async function isOver(page: Page) {
  await expect(page.getByRole('heading', { name: "This invitation can't be used" })).toBeVisible()
  await expect(page.getByText(OVER)).toBeVisible()
}

test('a link invites one person, who reads the old messages; previews of the link use nothing up', async ({ visit }) => {
  const owner = await (await visit()).joins('olga')
  const id = await owner.createsRoom('Plans')
  await owner.says('said before you came')
  const settings = await RoomSettings.of(owner)
  const link = await settings.invites()
  await expect(settings.page.getByText('used: 0 · left: 1')).toBeVisible()

  // Programs that preview links have no cookies, and people may open a link several times before they decide.
  const guest = await visit()
  for (let times = 0; times < 3; times++) {
    const preview = await fetch(link)
    expect([preview.status, await preview.text()]).toEqual([200, expect.stringContaining('Plans')])
    await guest.page.goto(link)
    await expect(guest.page.getByText('You are invited to the private room “Plans”.')).toBeVisible()
  }
  await settings.page.reload()
  await expect(settings.page.getByText('used: 0 · left: 1')).toBeVisible()
  expect((await guest.page.request.get(`/p/${id}`)).status()).toBe(404)

  await accepts(guest, link)
  await expect(guest.heading).toHaveText('Plans')
  await expect(guest.page).toHaveURL(new RegExp(`/p/${id}$`))
  await guest.reads('said before you came')
  await guest.joins('gus')
  await guest.says('thank you')
  await owner.reads('said before you came', 'thank you')
  await expect(owner.people).toContainText('gus')
  await settings.page.reload()
  await expect(settings.member('gus')).toBeVisible()
  await expect(settings.page.getByRole('button', { name: /^Revoke/ })).toHaveCount(0)

  const late = await visit({ expected: [/status of 410/] })
  await late.page.goto(link)
  await isOver(late.page)
  expect((await late.page.request.post(link, { maxRedirects: 0 })).status()).toBe(410)
  expect((await late.page.request.get(`/p/${id}`)).status()).toBe(404)
  // A member who opens the link again loses nothing.
  await guest.reload()
  await guest.reads('said before you came', 'thank you')
})

test('a revoked link is over, also for those who have its page open, and those who used it stay', async ({ visit }) => {
  const owner = await (await visit()).joins('olga')
  await owner.createsRoom('Plans')
  await owner.says('welcome')
  const settings = await RoomSettings.of(owner)
  const link = await settings.invites('any number', '1 day')
  const first = await (await visit()).joins('ada')
  await accepts(first, link)
  await first.reads('welcome')
  await expect(owner.people).toContainText('ada')

  const second = await (await visit({ expected: [/status of 410/] })).joins('ben')
  await second.page.goto(link)
  await settings.page.reload()
  await expect(settings.page.getByText('used: 1 · left: any number')).toBeVisible()
  await settings.page.getByRole('button', { name: /^Revoke/ }).click()
  await expect(settings.page.getByRole('button', { name: /^Revoke/ })).toHaveCount(0)
  await second.page.getByRole('button', { name: 'Enter the room' }).click()
  await isOver(second.page)
  await second.page.goto(link)
  await isOver(second.page)
  await first.says('still here')
  await owner.reads('welcome', 'still here')
})

test('a code that nobody made, and one that is damaged, look like one that was used', async ({ visit, server }) => {
  const guest = await visit({ expected: [/status of 410/] })
  for (const code of ['AAAAAAAAAAAAAAAAAAAAAA', 'x', '%00', `${'y'.repeat(2_000)}`]) {
    await guest.page.goto(`${server.address}/invite/${code}`)
    await isOver(guest.page)
  }
})

test('a member leaves for good, and comes back only by a new invitation', async ({ visit }) => {
  const owner = await (await visit()).joins('olga')
  const id = await owner.createsRoom('Plans')
  await owner.says('hello')
  const settings = await RoomSettings.of(owner)
  const member = await (await visit()).joins('mo')
  await settings.adds('mo')
  await member.goesToPrivate('Plans')
  const own = await RoomSettings.of(member)
  // Members see who is there, and change nothing.
  await expect(own.member('olga')).toContainText('owner')
  for (const name of [/^Remove/, /^Make/, 'Add', 'Save', 'Delete the room']) {
    await expect(own.page.getByRole('button', { name })).toHaveCount(0)
  }
  await own.page.getByRole('button', { name: 'Leave the room for good' }).click()
  await expect(member.room('Plans')).toBeHidden()
  await expect(member.heading).toHaveText('#lobby')
  await member.hasErased(id)
  await settings.page.reload()
  await expect(settings.member('mo')).toHaveCount(0)
  expect((await member.page.request.get(`/p/${id}`)).status()).toBe(404)

  await accepts(member, await settings.invites())
  await member.reads('hello')
})
