import type { Page } from '@playwright/test'

import { RoomSettings } from '../pages/room_settings.ts'
import { expect, test } from '../support/fixtures.ts'
import { inPrivateRoom, SECRET, TITLE } from '../support/private_room.ts'

test('the owner adds a member by name, who finds the room in the open page and talks there', async ({ visit }) => {
  const owner = await (await visit()).joins('olga')
  const member = await (await visit()).joins('mo')
  const { id } = await inPrivateRoom(owner, member)
  await expect(member.page).toHaveURL(new RegExp(`/p/${id}$`))
  await expect(member.page).toHaveTitle(`${TITLE} · Parlor`)
  await expect(member.people.getByRole('listitem')).toHaveCount(2)

  await member.goesTo('lobby')
  await owner.says('@mo, where are you?')
  await expect(member.room(TITLE)).toHaveAccessibleName(/1/)
  await member.reload()
  await member.goesToPrivate(TITLE)
  await member.reads(SECRET, 'I bring the candles', '@mo, where are you?')
  await member.reload()
  await member.reads(SECRET, 'I bring the candles', '@mo, where are you?')
  const search = await member.opensSearch()
  await search.fill('candles')
  await expect(member.page.getByRole('list', { name: 'Search results' }).getByRole('link')).toHaveCount(1)
})

test('a removed member loses the room at once in the open page, and keeps what they were typing', async ({ visit }) => {
  const owner = await (await visit()).joins('olga')
  const frames: string[] = []
  const prepare = async (page: Page) =>
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => frames.push(payload.toString())))
  const { member, id } = await inPrivateRoom(owner, await (await visit({ prepare, expected: [/status of 404/] })).joins('mo'))
  await member.hasStored(`~${id}`, SECRET)
  await member.composer.fill('half a thought')

  const settings = await RoomSettings.of(owner)
  await settings.removes('mo')
  await expect(member.room(TITLE)).toBeHidden({ timeout: 2_000 })
  await expect(member.heading).toHaveText('#lobby', { timeout: 2_000 })
  await expect(member.page).toHaveURL(/:\d+\/$/)
  await expect(member.offeredDrafts).toContainText('half a thought')
  await expect(owner.people.getByRole('listitem')).toHaveCount(1)

  await owner.says('Now the true plan')
  await owner.goesTo('lobby')
  await owner.says('hello, lobby')
  await member.reads('hello, lobby')
  expect(frames.filter((frame) => frame.includes(SECRET))).not.toEqual([])
  expect(frames.filter((frame) => frame.includes('true plan'))).toEqual([])
  await member.hasErased(id, SECRET, 'candles')

  await member.offeredDrafts.getByRole('button', { name: 'Use' }).click()
  await expect(member.composer).toHaveValue('half a thought')
  await member.page.goBack()
  await expect(member.room(TITLE)).toBeHidden()
  const answer = await member.page.goto(`/p/${id}`)
  expect(answer?.status()).toBe(404)
  await expect(member.page.getByText(TITLE)).toHaveCount(0)
  await member.open()
  await expect(member.room(TITLE)).toBeHidden()
  await expect(member.composer).toHaveValue('half a thought')
})

test('a member who was removed while offline loses the room on return, and keeps the unsent texts', async ({ visit, network }) => {
  const owner = await (await visit()).joins('olga')
  const { member, id } = await inPrivateRoom(owner, await (await visit({ address: network.address })).joins('mo'))
  await member.hasStored(`~${id}`, SECRET)
  network.disconnect()
  await member.says('not sent')
  await member.composer.fill('half a thought')
  const settings = await RoomSettings.of(owner)
  await settings.removes('mo')
  await expect(member.retryNow).toBeVisible()

  network.reconnect()
  await member.reconnectsNow()
  await expect(member.room(TITLE)).toBeHidden({ timeout: 2_000 })
  await expect(member.heading).toHaveText('#lobby')
  await expect(member.offeredDrafts).toContainText('not sent')
  await expect(member.offeredDrafts).toContainText('half a thought')
  await member.hasErased(id, SECRET, 'candles')
  await member.reload()
  await expect(member.offeredDrafts).toContainText('not sent')
  await expect(owner.messages).not.toContainText('not sent')
})

for (const path of ['the lobby', 'the room']) {
  test(`the offline copy of a room is erased when a removed member opens ${path} again`, async ({ visit, network }) => {
    const owner = await (await visit()).joins('olga')
    const visited = await visit({ address: network.address, expected: [/status of 404/] })
    const { member, id } = await inPrivateRoom(owner, await visited.joins('mo'))
    await member.hasStored(`~${id}`, SECRET)
    await member.opensOffline()
    network.disconnect()
    await member.page.goto(`/p/${id}`)
    await member.reads(SECRET)
    await member.page.goto('about:blank')
    const settings = await RoomSettings.of(owner)
    await settings.removes('mo')

    network.reconnect()
    if (path === 'the lobby') {
      await member.open()
      await expect(member.room('lobby')).toBeVisible()
      await expect(member.room(TITLE)).toBeHidden()
      await member.hasErased(id, SECRET)
    } else {
      expect((await member.page.goto(`/p/${id}`))?.status()).toBe(404)
    }
    network.disconnect()
    await member.page.goto('about:blank')
    await member.page.goto(`/p/${id}`)
    await expect(member.rooms).toBeVisible()
    await expect(member.retryNow).toBeVisible()
    await expect(member.page.getByText(SECRET)).toHaveCount(0)
    await expect(member.room(TITLE)).toHaveCount(0)
  })
}
