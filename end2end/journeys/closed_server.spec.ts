import type { Room } from '../pages/room.ts'
import { ServerSettings } from '../pages/server_settings.ts'
import { expect, test } from '../support/fixtures.ts'
import { PlainClient } from '../support/plain_client.ts'
import { SECRET, inPrivateRoom } from '../support/private_room.ts'
import { qrCode } from '../support/qr_code.ts'

const CLOSED = 'This server is by invitation.'

/** A console error about a page for those who may not come in. */
const REFUSED = [/status of 403/]

/** Becomes the owner of the server by its link, and takes a name. */
async function becomesOwner(room: Room, link: string, name: string) {
  await room.page.goto(link)
  await room.page.getByRole('button', { name: 'Become the owner' }).click()
  await expect(room.page.getByRole('heading', { name: 'This server' })).toBeVisible()
  await room.open()
  await room.joins(name)
  return room
}

test('a fresh server is made private from its first link on, and three people talk there', async ({ visit, server }) => {
  const owner = await becomesOwner(await visit(), server.ownerLink(), 'olga')
  const settings = await ServerSettings.of(owner)
  await settings.page.getByRole('textbox', { name: 'Name of the server' }).fill('The Garden')
  await settings.page.getByRole('textbox', { name: /^Welcome text/ }).fill('Be kind.')
  await settings.admits('By invitation')
  await owner.says('is anybody here?')
  const link = await settings.invites({ uses: '5', note: 'the others' })

  for (const name of ['ada', 'ben']) {
    const guest = await visit({ hydrates: false, expected: REFUSED })
    await expect(guest.page.getByText(CLOSED)).toBeVisible()
    await expect(guest.page.getByRole('heading', { level: 1 })).toHaveText('The Garden')
    await expect(guest.page.getByText('olga')).toHaveCount(0)
    await guest.page.goto(link)
    await expect(guest.page.getByText('Be kind.')).toBeVisible()
    await guest.loadAndHydrate(() => guest.page.getByRole('button', { name: 'Come in' }).click())
    await guest.reads('is anybody here?')
    await expect(guest.page).toHaveTitle('lobby · The Garden')
    await guest.joins(name)
    await guest.says(`${name} is`)
  }
  await owner.reads('is anybody here?', 'ada is', 'ben is')
  await settings.returns()
  await settings.page.getByRole('link', { name: 'People and roles' }).click()
  await expect(settings.page.getByRole('listitem')).toHaveCount(3)
  await settings.page.getByRole('link', { name: 'This server' }).click()
  await settings.page.getByRole('link', { name: 'Audit log' }).click()
  await expect(settings.page.getByRole('listitem').filter({ hasText: 'ben' })).toContainText('accepted an invitation from')
})

test('whoever is in a server that is closed loses what the browser keeps of it, and comes back by an invitation', async ({
  visit,
  server,
}) => {
  const owner = await becomesOwner(await visit(), server.ownerLink(), 'olga')
  const guest = await (await visit({ expected: REFUSED })).joins('gus')
  await owner.says('a word for everybody')
  await guest.hasStored('lobby', 'a word for everybody')
  const settings = await ServerSettings.of(owner)
  await settings.admits('By invitation', { keep: false })
  await expect(guest.page.getByText(CLOSED)).toBeVisible()
  await guest.hasErased('a word for everybody')
  await expect(owner.people.getByRole('listitem')).toHaveCount(1)

  await guest.page.goto(await settings.invites())
  await guest.loadAndHydrate(() => guest.page.getByRole('button', { name: 'Come in' }).click())
  await guest.joins('gus')
  await guest.reads('a word for everybody')
})

for (const end of ['role', 'sessions', 'role and sessions']) {
  test(`a browser erases what it has of a private room after an owner has ended somebody's ${end}`, async ({ visit, server }) => {
    const owner = await becomesOwner(await visit(), server.ownerLink(), 'olga')
    const settings = await ServerSettings.of(owner)
    await settings.admits('By invitation')
    const invited = await visit({ hydrates: false, expected: REFUSED })
    await invited.page.goto(await settings.invites())
    await invited.loadAndHydrate(() => invited.page.getByRole('button', { name: 'Come in' }).click())
    const { member, id } = await inPrivateRoom(owner, await invited.joins('mo'))
    await member.hasStored(`~${id}`, SECRET)
    await member.opensOffline()
    await member.page.goto('about:blank')

    if (end.includes('role')) await settings.takesRoleOf('mo')
    if (end.includes('sessions')) await settings.signsOut('mo', 'Without a recovery code nobody can be mo again.')
    expect((await member.page.goto('/'))?.status()).toBe(403)
    await expect(member.page.getByText(CLOSED)).toBeVisible()
    await member.hasErased(id, SECRET)
  })
}

test('guests read along and are told how to write', async ({ visit, server }) => {
  const owner = await becomesOwner(await visit(), server.ownerLink(), 'olga')
  const settings = await ServerSettings.of(owner)
  await settings.admits('Guests read')
  await owner.says('you can read this')
  const guest = await visit()
  await guest.reads('you can read this')
  await expect(guest.page.getByText('Writing here is by invitation.')).toBeVisible()
  await expect(guest.page.getByRole('link', { name: /^Been here before/ })).toHaveAttribute('href', '/sign-in')
  await expect(guest.nameBox).toHaveCount(0)
  await owner.says('and this')
  await guest.reads('you can read this', 'and this')
})

test('an invitation by QR code on a phone, used up, expired and revoked', async ({ visit, server }) => {
  const owner = await becomesOwner(await visit(), server.ownerLink(), 'olga')
  const settings = await ServerSettings.of(owner)
  await settings.admits('By invitation')
  await settings.invites({ note: 'Paul' })
  const code = (await qrCode(settings.page.getByRole('img', { name: 'The invitation as a QR code' }))) ?? ''
  expect(code).toMatch(new RegExp(`^${server.address}/invite/`))

  const phone = await visit({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, hydrates: false, expected: REFUSED })
  await phone.page.goto(code)
  await phone.loadAndHydrate(() => phone.page.getByRole('button', { name: 'Come in' }).tap())
  await phone.joins('paul')
  await phone.says('I am in')
  await owner.reads('I am in')

  const late = await visit({ hydrates: false, expected: [...REFUSED, /status of 410/] })
  await late.page.goto(code)
  await expect(late.page.getByRole('heading', { name: "This invitation can't be used" })).toBeVisible()
  await settings.returns()
  const revoked = await settings.invites({ note: 'Rita' })
  await settings.returns()
  await settings.page.getByRole('button', { name: 'Revoke: Rita' }).click()
  await expect(settings.page.getByRole('button', { name: 'Revoke: Rita' })).toHaveCount(0)
  await late.page.goto(revoked)
  await expect(late.page.getByRole('heading', { name: "This invitation can't be used" })).toBeVisible()

  const expired = await settings.invites({ note: 'Susi' })
  await late.page.goto(expired)
  const comeIn = late.page.getByRole('button', { name: 'Come in' })
  await expect(comeIn).toBeVisible()
  server.expireInvitations()
  await comeIn.click()
  await expect(late.page.getByRole('heading', { name: "This invitation can't be used" })).toBeVisible()
  await late.page.goto(expired)
  await expect(late.page.getByRole('heading', { name: "This invitation can't be used" })).toBeVisible()
  await settings.returns()
  await expect(settings.page.getByText('Susi')).toHaveCount(0)
})

test('an owner who lost everything gets back in by the command of the host', async ({ visit, server }) => {
  const owner = await becomesOwner(await visit(), server.ownerLink(), 'olga')
  await (await ServerSettings.of(owner)).admits('By invitation')
  const elsewhere = await visit({ hydrates: false, expected: REFUSED })
  await elsewhere.page.goto(server.ownerLink())
  await elsewhere.page.getByRole('button', { name: 'Become the owner' }).click()
  await expect(elsewhere.page.getByRole('heading', { name: 'This server' })).toBeVisible()
  await elsewhere.page.getByRole('link', { name: 'People and roles' }).click()
  await expect(elsewhere.page.getByRole('listitem').filter({ hasText: 'olga' })).toBeVisible()
})

test('a member who lost everything is back by the recovery code, with everything that is theirs', async ({ visit, server }) => {
  const owner = await becomesOwner(await visit(), server.ownerLink(), 'olga')
  const settings = await ServerSettings.of(owner)
  await settings.admits('By invitation')
  const lost = await visit({ hydrates: false, expected: REFUSED })
  await lost.page.goto(await settings.invites())
  await lost.loadAndHydrate(() => lost.page.getByRole('button', { name: 'Come in' }).click())
  await lost.joins('mo')
  await expect(lost.page.getByText('You can come back on any device with a recovery code').first()).toBeVisible()
  await lost.createsRoom('Diary')
  await lost.says('dear diary')
  await lost.page.getByRole('button', { name: 'mo, you' }).click()
  await lost.page.getByRole('link', { name: 'Recovery code' }).click()
  await lost.page.getByRole('button', { name: 'Make a recovery code' }).click()
  const code = (await lost.page.locator('.secret').textContent()) ?? ''
  await lost.page.context().clearCookies()
  await lost.page.close()

  const back = await visit({ hydrates: false, expected: [...REFUSED, /status of 422/] })
  await back.page.getByLabel('Recovery code').fill('0000-0000-0000-0000-0000-0000-00')
  await back.page.getByRole('button', { name: 'Come back' }).click()
  await expect(back.page.getByRole('alert')).toContainText('There is no such code.')
  await back.page.getByLabel('Recovery code').fill(code.toLowerCase().replaceAll('-', ' '))
  await back.loadAndHydrate(() => back.page.getByRole('button', { name: 'Come back' }).click())
  await back.goesToPrivate('Diary')
  await back.reads('dear diary')
  await back.says('I am back')
  await back.usesAction('dear diary', 'Edit')
  await back.says('dear old diary', 'Save')
  await back.reads('dear old diary', 'I am back')
})

test('a bot writes in a private room of a closed server over the plain dialect, until its token is revoked', async ({
  visit,
  server,
}) => {
  const owner = await becomesOwner(await visit(), server.ownerLink(), 'olga')
  await (await ServerSettings.of(owner)).admits('By invitation')
  const id = await owner.createsRoom('Alerts')
  const page = await owner.page.context().newPage()
  await page.goto(`/p/${id}/settings`)
  await page.getByLabel('What the token is for').fill('deployments')
  await page.getByRole('button', { name: 'Make a token' }).click()
  const token = (await page.locator('.secret').textContent()) ?? ''
  const bot = await PlainClient.join(server.address, 'deployer', `~${id}`, token)
  bot.says('version 7 is live')
  await owner.reads('version 7 is live')
  await owner.says('thank you')
  await bot.receives('version 7 is live', 'thank you')
  await page.getByRole('link', { name: 'Back to the settings' }).click()
  await page.getByRole('button', { name: 'Revoke: deployments' }).click()
  await bot.ends()
})
