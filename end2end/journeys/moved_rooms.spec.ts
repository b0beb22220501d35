import { RoomSettings } from '../pages/room_settings.ts'
import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'
import { refusedHandshake } from '../support/plain_client.ts'

/** Chromium's console errors about pages of rooms that are gone, and about a name that is refused. */
const GONE = [/^Failed to load resource: the server responded with a status of (404|409|410) /]

const NAME_TAKEN = 'There is a room with this name already, or with one that looks the same.'

const DELETED = 'This room was deleted'

/** Marks the document, to find out later that the page was not loaded again. */
const mark = (room: Room) => room.page.evaluate(() => void (document.body.dataset.loaded = 'once'))

const isMarked = (room: Room) => room.page.evaluate(() => document.body.dataset.loaded === 'once')

/** Refuses a new room of this name, on the page for new rooms. */
async function refusesNew(person: Room, name: string) {
  const page = await person.page.context().newPage()
  await page.goto('/rooms/new')
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name)
  await page.getByRole('radio', { name: /^Open/ }).check()
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await expect(page.getByRole('alert')).toHaveText(NAME_TAKEN)
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue(name)
  await page.close()
}

test('an open room that becomes private goes on for those who wrote, with what they had not sent, and ends for others', async ({
  network,
  visit,
}) => {
  const ana = await (await visit()).joins('ana')
  await ana.makesRoom('garden')
  await ana.says('first')
  const ben = await (await visit({ address: network.address })).joins('ben')
  await ben.makesRoom('garden')
  await ben.says('second')
  await ana.reads('first', 'second')
  await ben.hasStored('garden', 'second')
  const cleo = await (await visit()).joins('cleo')
  await cleo.makesRoom('garden')
  await cleo.reads('first', 'second')
  await cleo.hasStored('garden', 'second')
  await cleo.composer.fill('almost said')
  for (const page of [ana, ben, cleo]) await mark(page)

  network.disconnect()
  await ben.says('typed in the tunnel')
  await ben.composer.fill('half a thought')
  const settings = await RoomSettings.of(ana)
  await expect(settings.page.getByRole('checkbox', { name: /^ben/ })).toBeChecked()
  await expect(settings.page.getByRole('checkbox', { name: /^cleo/ })).not.toBeChecked()
  await expect(settings.page.getByRole('textbox', { name: 'Title' })).toHaveValue('garden')
  const id = await settings.makesPrivate()

  await expect(ana.page).toHaveURL(new RegExp(`/p/${id}$`))
  await expect(ana.heading).toHaveText('garden')
  await expect(cleo.heading).toHaveText('#lobby')
  await expect(cleo.room('garden')).toBeHidden()
  await expect(cleo.offeredDrafts).toContainText('almost said')
  await cleo.hasErased('second', id)

  network.reconnect()
  await ben.reconnectsNow()
  await ben.reads('first', 'second', 'typed in the tunnel')
  await ana.reads('first', 'second', 'typed in the tunnel')
  await expect(ben.page).toHaveURL(new RegExp(`/p/${id}$`))
  await expect(ben.heading).toHaveText('garden')
  await expect(ben.composer).toHaveValue('half a thought')
  await expect(ben.messages).not.toContainText('waiting')
  await ben.hasStored(`~${id}`, 'second', 'typed in the tunnel')
  await expect.poll(() => ben.storedMessages('garden')).toEqual([])
  for (const page of [ana, ben, cleo]) expect(await isMarked(page)).toBe(true)
  await ben.reload()
  await ben.reads('first', 'second', 'typed in the tunnel')
  await expect(ben.composer).toHaveValue('half a thought')
  await ben.composer.press('Enter')
  await ana.reads('first', 'second', 'typed in the tunnel', 'half a thought')
  await ana.usesAction('first', 'Edit')
  await ana.says('first, edited', 'Save')
  await ben.reads('first, edited', 'second')
})

test('the old address of a room that became private leads its members there, and is that of a deleted room for others', async ({
  server,
  visit,
  plain,
}) => {
  const ana = await (await visit()).joins('ana')
  await ana.makesRoom('garden')
  await ana.says('first')
  const cleo = await (await visit({ expected: GONE })).joins('cleo')
  await cleo.makesRoom('garden')
  const bot = await plain('bot')
  const settings = await RoomSettings.of(ana)
  const id = await settings.makesPrivate()

  await ana.loadAndHydrate(() => ana.page.goto('/r/garden'))
  await expect(ana.page).toHaveURL(new RegExp(`/p/${id}$`))
  await ana.reads('first')
  for (const path of ['/r/garden', '/r/garden/1', '/r/garden/settings']) {
    expect((await cleo.page.goto(path))?.status(), path).toBe(410)
    await expect(cleo.page.getByRole('heading', { name: DELETED })).toBeVisible()
  }
  expect((await cleo.page.goto(`/p/${id}`))?.status()).toBe(404)
  expect((await cleo.page.request.post('/r/garden', { form: { text: 'hello?', id: 'x' } })).status()).toBe(410)
  expect((await refusedHandshake(server.address, 'garden')).status).toBe(404)
  for (const person of [ana, cleo]) await refusesNew(person, 'Garden')
  await cleo.open()
  bot.says('the lobby is as before')
  await cleo.reads('the lobby is as before')
})

test('the room finder cannot create a room under the name of one that became private', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.makesRoom('garden')
  await ana.says('first')
  const settings = await RoomSettings.of(ana)
  await settings.makesPrivate()
  const cleo = await (await visit()).joins('cleo')
  await cleo.makesRoom('garden')
  await expect(cleo.messages).toContainText('There is no such room, or it is not open to you.')
  await expect(cleo.messages).not.toContainText('first')
  await cleo.composer.fill('anybody?')
  await cleo.composer.press('Enter')
  await cleo.goesTo('lobby')
  await cleo.says('hello')
  await cleo.reads('hello')
})

test('a deleted room ends in every open page and cannot be created again', async ({ visit, plain, network }) => {
  const ana = await (await visit({ expected: GONE })).joins('ana')
  await ana.makesRoom('garden')
  await ana.says('to be erased')
  const [ben, cleo] = [await visit({ expected: GONE }), await visit({ address: network.address })]
  for (const [person, name] of [[ben, 'ben'], [cleo, 'cleo']] as const) {
    await person.joins(name)
    await person.makesRoom('garden')
    await person.says(`${name} was here`)
    await person.hasStored('garden', 'to be erased')
  }
  await ben.composer.fill('half a thought')
  const bot = await plain('bot', 'garden')
  network.disconnect()
  await cleo.says('not sent')

  const settings = await RoomSettings.of(ana)
  await settings.deletes()
  for (const person of [ana, ben]) {
    await expect(person.heading).toHaveText('#lobby')
    await expect(person.room('garden')).toBeHidden()
    await person.hasErased('to be erased')
  }
  await expect(ben.offeredDrafts).toContainText('half a thought')
  await bot.ends()
  network.reconnect()
  await cleo.reconnectsNow()
  await expect(cleo.heading).toHaveText('#lobby')
  await expect(cleo.offeredDrafts).toContainText('not sent')
  await cleo.hasErased('to be erased')

  for (const person of [ana, ben]) {
    expect((await person.page.goto('/r/garden'))?.status()).toBe(410)
    await expect(person.page.getByRole('heading', { name: DELETED })).toBeVisible()
  }
  await refusesNew(ben, 'GARDEN')
  expect(await (await ben.page.request.get('/rooms')).text()).not.toContain('garden')
  const search = await cleo.opensSearch()
  await search.fill('erased')
  await cleo.page.getByRole('checkbox', { name: 'In all my rooms' }).check()
  await expect(cleo.page.getByText('Nothing was found.')).toBeVisible()
})

test('a deleted private room is like one that never was, for its members too', async ({ visit }) => {
  const ana = await (await visit({ expected: GONE })).joins('ana')
  const ben = await (await visit({ expected: GONE })).joins('ben')
  const id = await ana.createsRoom('Plans')
  await ana.says('to be erased')
  const settings = await RoomSettings.of(ana)
  await settings.adds('ben')
  const link = await settings.invites()
  await ben.goesToPrivate('Plans')
  await ben.hasStored(`~${id}`, 'to be erased')
  await settings.deletes()
  for (const person of [ana, ben]) {
    await expect(person.room('Plans')).toBeHidden()
    await person.hasErased(id, 'to be erased')
    expect((await person.page.goto(`/p/${id}`))?.status()).toBe(404)
    await expect(person.page.getByRole('heading', { name: 'There is no such room' })).toBeVisible()
    expect((await person.page.goto(link))?.status()).toBe(410)
  }
})

for (const visited of [false, true]) {
  const name = visited ? 'that somebody is visiting' : 'of no room'
  test(`a private room is opened to everybody under a name ${name}`, async ({ visit }) => {
    const ana = await (await visit()).joins('ana')
    const ben = await (await visit()).joins('ben')
    await ana.createsRoom('Plans')
    await ana.says('said among ourselves')
    await ana.reads('said among ourselves')
    if (visited) await ben.makesRoom('garden')
    const settings = await RoomSettings.of(ana)
    await settings.page.getByRole('textbox', { name: 'Name', exact: true }).fill('Garden')
    await settings.page.getByRole('button', { name: 'Open the room to everybody' }).click()
    await expect(settings.page).toHaveURL(/\/r\/garden\/settings(\?saved)?$/)
    await expect(settings.page.getByRole('button', { name: 'Delete the room' })).toBeVisible()
    await expect(ana.heading).toHaveText('#garden')
    await expect(ana.page).toHaveURL(/\/r\/garden$/)
    await ana.says('welcome')
    await ana.reads('said among ourselves', 'welcome')
    if (visited) await ben.reload()
    else await ben.makesRoom('garden')
    await ben.reads('said among ourselves', 'welcome')
    await ben.says('thank you')
    await ana.reads('said among ourselves', 'welcome', 'thank you')
  })
}
