import type { APIResponse, Page } from '@playwright/test'

import { RoomSettings } from '../pages/room_settings.ts'
import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'
import { refusedHandshake } from '../support/plain_client.ts'
import { RichClient } from '../support/rich_client.ts'

/** The id of no room. */
const UNKNOWN = '0123456789abcdef0123456789abcdef'
const TITLE = 'Surprise party'
const SECRET = 'The cake is in the cellar'

/** A title is no name: nothing at all may be found of it under the name that it would be. */
const AS_NAME = 'surprise-party'

interface People {
  owner: Room
  member: Room
  id: string
}

/** Two people in a private room, in which both have written. */
async function inPrivateRoom(owner: Room, member: Room): Promise<People> {
  const id = await owner.createsRoom(TITLE)
  await owner.says(SECRET)
  const settings = await RoomSettings.of(owner)
  await settings.adds('mo')
  await settings.close()
  await member.goesToPrivate(TITLE)
  await member.reads(SECRET)
  await member.says('I bring the candles')
  await owner.reads(SECRET, 'I bring the candles')
  return { owner, member, id }
}

/** A response without what differs in every response: nonces, cookies and the date; and without the id in its URL. */
async function comparable(response: APIResponse, id: string) {
  const strip = (text: string) => text.replace(/nonce(="|-)[^"']+/g, 'nonce').replaceAll(id, 'ID')
  const headers = response.headersArray().filter(({ name }) => !['date', 'set-cookie'].includes(name.toLowerCase()))
  const lines = headers.map(({ name, value }) => strip(`${name}: ${value}`))
  return { status: response.status(), headers: lines, body: strip(await response.text()) }
}

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

test('a stranger finds a private room in no list, no search and no room finder, and its title as a name tells nothing', async ({
  visit,
}) => {
  const owner = await (await visit()).joins('olga')
  const { id } = await inPrivateRoom(owner, await (await visit()).joins('mo'))
  const stranger = await (await visit()).joins('sid')

  for (const person of [owner, stranger]) {
    const rooms = await (await person.page.request.get('/rooms')).text()
    const isOwner = person === owner
    expect([rooms.includes(TITLE), rooms.includes(id)]).toEqual([isOwner, isOwner])
  }
  await stranger.opensFinder()
  await expect(stranger.choices).toHaveText([/^#lobby/])
  await stranger.finder.fill('surprise')
  await expect(stranger.choices).toHaveText(['Create #surprise'])
  await stranger.page.keyboard.press('Escape')

  const search = await stranger.opensSearch()
  await search.fill('cake')
  await expect(stranger.page.getByText('Nothing was found.')).toBeVisible()
  await stranger.page.getByRole('checkbox', { name: 'In all my rooms' }).check()
  await expect(stranger.page.getByText('Nothing was found.')).toBeVisible()
  await stranger.page.getByRole('button', { name: 'Close the search' }).click()

  // Another room may have the same title, and a public one its name.
  const other = await stranger.createsRoom(TITLE)
  expect(other).not.toBe(id)
  await stranger.createsRoom(AS_NAME, 'Open')
  await expect(stranger.page).toHaveURL(new RegExp(`/r/${AS_NAME}$`))
  await expect(stranger.people.getByRole('listitem')).toHaveCount(1)
})

test('for a stranger every address of a private room responds as that of a room that never was', async ({ visit, server }) => {
  const owner = await (await visit()).joins('olga')
  const { id } = await inPrivateRoom(owner, await (await visit()).joins('mo'))
  const stranger = await (await visit()).joins('sid')
  const guest = await visit()

  for (const { page } of [stranger, guest]) {
    for (const path of ['', '/1', '/2', '/nothing', '/settings', '?before=9', '?after=0']) {
      for (const accept of ['text/html', '*/*']) {
        const get = async (id: string) => comparable(await page.request.get(`/p/${id}${path}`, { headers: { accept } }), id)
        const [found, unknown] = [await get(id), await get(UNKNOWN)]
        expect(found, path).toEqual(unknown)
        expect([found.status, found.body.includes('Surprise')], path).toEqual([404, false])
      }
    }
    for (const [path, form] of [
      ['', { name: 'sid', text: 'let me in', id: 'a form' }],
      ['', { text: 'let me in' }],
      ['', { nothing: '' }],
      ['/settings', { do: 'add', name: 'sid' }],
      ['/settings', { do: 'leave' }],
      ['/settings', { do: 'delete', sure: 'on' }],
      ['/settings', { nothing: '' }],
    ] as const) {
      const post = async (id: string) => comparable(await page.request.post(`/p/${id}${path}`, { form, maxRedirects: 0 }), id)
      const [found, unknown] = [await post(id), await post(UNKNOWN)]
      expect(found, JSON.stringify(form)).toEqual(unknown)
      expect(found.status, JSON.stringify(form)).toBe(404)
    }
  }
  for (const room of [`~${id}`, `%7E${id}`]) {
    const [found, unknown] = [await refusedHandshake(server.address, room), await refusedHandshake(server.address, `~${UNKNOWN}`)]
    expect(found).toEqual(unknown)
    expect(found.status).toBe(404)
  }
  await owner.says('still among ourselves')
  await owner.reads(SECRET, 'I bring the candles', 'still among ourselves')
  await expect(owner.messages).not.toContainText('let me in')
})

test('for a stranger every request for a private room is refused as for a room that never was', async ({ visit, server }) => {
  const owner = await (await visit()).joins('olga')
  const { member, id } = await inPrivateRoom(owner, await (await visit()).joins('mo'))
  const stranger = await (await visit()).joins('sid')
  const requests = (room: string, mark: string) => [
    { type: 'join', room },
    { type: 'join', room, cursor: { epoch: 'x', seq: 1, hash: '0000000000' } },
    { type: 'page', room, request: 1, before: 9 },
    { type: 'post', room, client_id: `${mark}1`, body: 'let me in' },
    { type: 'edit', room, client_id: `${mark}2`, target: 1, body: 'let me in' },
    { type: 'delete', room, client_id: `${mark}3`, target: 1 },
    { type: 'react', room, client_id: `${mark}4`, target: 1, emoji: '👍', on: true },
    { type: 'topic', room, client_id: `${mark}5`, topic: 'let me in' },
    { type: 'read', room, seq: 1 },
    { type: 'unread', room, seq: 1 },
    { type: 'typing', room },
    { type: 'search', request: 2, room, words: 'cake' },
    { type: 'search', request: 3, words: 'cake' },
    { type: 'rooms' },
    { type: 'part', room },
  ]
  const answers = async (room: string, mark: string) => {
    const rooms = [{ room }]
    const client = await RichClient.connect(server.address, stranger.page.context(), rooms)
    const answers = [client.received.filter(({ type }) => type === 'refused')]
    for (const request of requests(room, mark)) answers.push(await client.asks(request))
    client.end()
    return JSON.parse(JSON.stringify(answers).replaceAll(room, 'ROOM').replaceAll(`"${mark}`, '"'))
  }
  const found = await answers(`~${id}`, '0'.repeat(31))
  expect(found).toEqual(await answers(`~${UNKNOWN}`, '1'.repeat(31)))
  expect(found[0]).toEqual([{ type: 'refused', to: 'join', room: 'ROOM', error: expect.objectContaining({ code: 'no_such_room' }) }])
  expect(JSON.stringify(found)).not.toContain('cake')

  const insider = await RichClient.connect(server.address, member.page.context(), [{ room: `~${id}` }])
  expect(insider.received).toContainEqual(expect.objectContaining({ type: 'snapshot', title: TITLE }))
  insider.end()
  await expect(owner.messages).not.toContainText('let me in')
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
    const visited = await visit({ address: network.address, expected: [/status of 404/, /ERR_/] })
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
