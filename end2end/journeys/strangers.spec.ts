import type { APIResponse } from '@playwright/test'

import { expect, test } from '../support/fixtures.ts'
import { refusedHandshake } from '../support/plain_client.ts'
import { inPrivateRoom, SECRET, TITLE } from '../support/private_room.ts'
import { RichClient } from '../support/rich_client.ts'

/** The id of no room. */
const UNKNOWN = '0123456789abcdef0123456789abcdef'

/** The name that a public room with this title would have. */
const AS_NAME = 'surprise-party'

/** A response without what differs in every response: nonces, cookies and the date; and without the id in its URL. */
async function comparable(response: APIResponse, id: string) {
  const strip = (text: string) => text.replace(/nonce(="|-)[^"']+/g, 'nonce').replaceAll(id, 'ID')
  const headers = response.headersArray().filter(({ name }) => !['date', 'set-cookie'].includes(name.toLowerCase()))
  const lines = headers.map(({ name, value }) => strip(`${name}: ${value}`))
  return { status: response.status(), headers: lines, body: strip(await response.text()) }
}

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

/** The forms of a room and of its settings. */
const FORMS: { path: string; form: Record<string, string> }[] = [
  { path: '', form: { name: 'sid', text: 'let me in', id: 'a form' } },
  { path: '', form: { text: 'let me in' } },
  { path: '', form: { nothing: '' } },
  { path: '/settings', form: { do: 'add', name: 'sid' } },
  { path: '/settings', form: { do: 'leave' } },
  { path: '/settings', form: { do: 'delete', sure: 'on' } },
  { path: '/settings', form: { nothing: '' } },
]

test('for a stranger every address of a private room responds as that of a room that never was', async ({ visit, server }) => {
  const owner = await (await visit()).joins('olga')
  const id = await owner.createsRoom(TITLE)
  await owner.says(SECRET)
  await owner.reads(SECRET)
  const stranger = await (await visit()).joins('sid')
  const guest = await visit()
  for (const { page } of [stranger, guest]) {
    for (const path of ['', '/1', '/2', '/nothing', '/settings', '?before=9', '?after=0']) {
      for (const accept of ['text/html', '*/*']) {
        const get = async (id: string) => comparable(await page.request.get(`/p/${id}${path}`, { headers: { accept } }), id)
        const [found, unknown] = await Promise.all([get(id), get(UNKNOWN)])
        expect(found, path).toEqual(unknown)
        expect([found.status, found.body.includes('Surprise')], path).toEqual([404, false])
      }
    }
  }
  for (const room of [`~${id}`, `%7E${id}`]) {
    const [found, unknown] = [await refusedHandshake(server.address, room), await refusedHandshake(server.address, `~${UNKNOWN}`)]
    expect(found).toEqual(unknown)
    expect(found.status).toBe(404)
  }
})

test('for a stranger every form of a private room is refused as that of a room that never was', async ({ visit }) => {
  const owner = await (await visit()).joins('olga')
  const id = await owner.createsRoom(TITLE)
  await owner.says(SECRET)
  await owner.reads(SECRET)
  const stranger = await (await visit()).joins('sid')
  const guest = await visit()
  for (const { page } of [stranger, guest]) {
    for (const { path, form } of FORMS) {
      const post = async (id: string) => comparable(await page.request.post(`/p/${id}${path}`, { form, maxRedirects: 0 }), id)
      const [found, unknown] = await Promise.all([post(id), post(UNKNOWN)])
      expect(found, JSON.stringify(form)).toEqual(unknown)
      expect(found.status, JSON.stringify(form)).toBe(404)
    }
  }
  await owner.says('still among ourselves')
  await owner.reads(SECRET, 'still among ourselves')
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
