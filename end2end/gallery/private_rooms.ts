import { expect } from '@playwright/test'

import type { Room } from '../pages/room.ts'

/** The cookie of a session. */
interface Cookie {
  name: string
  value: string
}

/** The people of the pages about private rooms. */
export type People = Record<'owner' | 'member' | 'guest', Cookie>

/** A page about rooms, invitations or devices. */
export interface Scene {
  name: string
  /** Who sees it. */
  by: keyof People
  path: string
  status: number
  /** Brings the page from its path into its state. */
  then?: (reader: Room) => Promise<unknown>
}

const TITLE = 'Überraschung für Bartholomew Fitzgerald-Montrose 🎉'

const LAPTOP = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0'

const PHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Safari/604.1'

const NAMES: Record<keyof People, string> = { owner: 'Ana María', member: 'さくら', guest: 'Jo' }

/** Sends a form without a browser, with the session of a person if there is one. */
async function submits(address: string, person: Cookie | undefined, path: string, fields: Record<string, string>, agent = LAPTOP) {
  const headers = { 'user-agent': agent, ...(person && { cookie: `${person.name}=${person.value}` }) }
  const body = new URLSearchParams(fields)
  const answer = await fetch(`${address}${path}`, { method: 'POST', headers, body, redirect: 'manual' })
  if (answer.status >= 400) throw new Error(`${path} ${JSON.stringify(fields)}: ${answer.status}`)
  return answer
}

/** The link on a page that shows one only once. */
async function link(answer: Response, kind: 'invite' | 'device') {
  return new RegExp(`/${kind}/[\\w-]+`).exec((await answer.text()).replace(/action="[^"]*"/g, ''))?.[0] ?? ''
}

/** Fills a server with private rooms, invitations and devices. Returns the pages about them, and who sees them. */
export async function fillPrivate(address: string): Promise<{ people: People; scenes: Scene[] }> {
  const session = async (person: string, text: string) => {
    const page = await fetch(`${address}/r/allotment`)
    const [name = '', value = ''] = page.headers.get('set-cookie')?.split(/[=;]/) ?? []
    const cookie = { name, value }
    await submits(address, cookie, '/r/allotment', { name: person, text, id: person })
    return cookie
  }
  const owner = await session(NAMES.owner, 'Who waters the beans?')
  const member = await session(NAMES.member, 'I do.')
  const guest = await session(NAMES.guest, '')
  await submits(address, owner, '/r/demolished', { text: 'soon gone', id: '1' })
  await submits(address, owner, '/r/demolished/settings', { do: 'delete', sure: 'on' })

  const created = await submits(address, owner, '/rooms/new', { name: TITLE, kind: 'private' })
  const room = created.headers.get('location') ?? ''
  await submits(address, owner, room, { text: 'Saturday at eight. **Not a word to him.**', id: '2' })
  await submits(address, owner, `${room}/settings`, { do: 'topic', topic: 'Cake, candles, cellar' })
  await submits(address, owner, `${room}/settings`, { do: 'add', name: NAMES.member })
  await submits(address, member, room, { text: 'My lips are sealed.', id: '3' })
  const invite = { do: 'invite', days: '7', uses: '5' }
  const invitation = await link(await submits(address, owner, `${room}/settings`, invite), 'invite')
  await submits(address, owner, `${room}/settings`, { do: 'invite', days: '30', uses: '' })
  const device = await link(await submits(address, owner, '/device', {}), 'device')
  await submits(address, undefined, device, {}, PHONE)

  const scenes: Scene[] = [
    { name: 'private-room', by: 'owner', path: room, status: 200, then: isNamed },
    { name: 'private-room-in-list', by: 'owner', path: room, status: 200, then: showsRooms },
    { name: 'devices', by: 'owner', path: '/sessions', status: 200 },
    { name: 'new-room', by: 'owner', path: '/rooms/new', status: 200 },
    { name: 'new-room-refused', by: 'owner', path: '/rooms/new', status: 200, then: asksForTakenName },
    { name: 'room-list', by: 'owner', path: '/rooms', status: 200 },
    { name: 'settings-private-owner', by: 'owner', path: `${room}/settings`, status: 200 },
    { name: 'settings-private-member', by: 'member', path: `${room}/settings`, status: 200 },
    { name: 'settings-nobody-named', by: 'owner', path: `${room}/settings`, status: 200, then: addsNobody },
    { name: 'settings-open-owner', by: 'owner', path: '/r/allotment/settings', status: 200 },
    { name: 'settings-open-guest', by: 'guest', path: '/r/allotment/settings', status: 200 },
    { name: 'invitation', by: 'guest', path: invitation, status: 200 },
    { name: 'invitation-made', by: 'owner', path: `${room}/settings`, status: 200, then: invites },
    { name: 'invitation-over', by: 'guest', path: '/invite/over', status: 410 },
    { name: 'no-such-room', by: 'guest', path: room, status: 404 },
    { name: 'room-deleted', by: 'guest', path: '/r/demolished', status: 410 },
    // With a Cyrillic letter.
    { name: 'similar-room', by: 'guest', path: `/r/${encodeURIComponent('аllotment')}`, status: 409 },
  ]
  return { people: { owner, member, guest }, scenes }
}

async function isNamed({ heading, page }: Room) {
  await expect(heading).toHaveText(TITLE)
  await expect(page).toHaveTitle(`${TITLE} · Parlor`)
}

async function showsRooms(reader: Room) {
  await reader.showsPane('Rooms')
  await expect(reader.room(TITLE)).toBeInViewport()
}

async function asksForTakenName({ page }: Room) {
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('allotment')
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(page.getByRole('alert')).toBeVisible()
}

async function addsNobody({ page }: Room) {
  await page.getByPlaceholder('Name of the person').fill('Nobody Whosoever-Anywhere')
  await page.getByRole('button', { name: 'Add', exact: true }).click()
  await expect(page.getByRole('alert')).toBeVisible()
}

async function invites({ page }: Room) {
  await page.getByRole('button', { name: 'Make an invitation' }).click()
  await expect(page.getByRole('img', { name: 'The invitation as a QR code' })).toBeVisible()
}
