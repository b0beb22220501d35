import { seriousViolations } from '../support/axe.ts'
import { expect, test } from '../support/fixtures.ts'

test('a new room is no dead end: its link is copied and says who can read and write', async ({ visit, server }) => {
  const ana = await (await visit({ permissions: ['clipboard-read', 'clipboard-write'] })).joins('ana')
  await ana.makesRoom('garden')
  await ana.messages.getByRole('link', { name: 'Share this room' }).click()
  const dialog = ana.page.getByRole('dialog', { name: 'Share #garden' })
  await expect(dialog).toContainText('Everybody can read it, and write after choosing a name.')
  await expect(dialog.getByRole('img', { name: 'The link to the room as a QR code' })).toBeVisible()
  expect(await seriousViolations(ana.page)).toEqual([])
  await dialog.getByRole('button', { name: 'Copy link' }).click()
  await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible()
  const link = await ana.page.evaluate(() => navigator.clipboard.readText())
  expect(link).toBe(`${server.address}/r/garden`)
  await ana.page.keyboard.press('Escape')
  await expect(dialog).toHaveCount(0)

  const ben = await visit()
  await ben.loadAndHydrate(() => ben.page.goto(link))
  await ben.joins('ben')
  await ben.says('what a garden')
  await ana.reads('what a garden')
})

test('a phone shares a room with its own dialog', async ({ visit, server }) => {
  const before = () => {
    Object.defineProperty(navigator, 'share', {
      value: async (data: ShareData) => document.documentElement.setAttribute('data-shared', JSON.stringify(data)),
    })
  }
  const phone = await visit({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, before })
  await phone.showsPane('People')
  await phone.page.getByRole('complementary').getByRole('link', { name: 'Share this room' }).tap()
  const dialog = phone.page.getByRole('dialog', { name: 'Share #lobby' })
  await dialog.getByRole('button', { name: 'Share', exact: true }).tap()
  const shared = JSON.parse((await phone.page.locator('html').getAttribute('data-shared')) ?? '{}')
  expect(shared).toEqual({ title: '#lobby', url: `${server.address}/` })
  await dialog.getByRole('button', { name: 'Close' }).tap()
  await expect(dialog).toHaveCount(0)
  expect(await phone.scrollsSideways()).toBe(false)
})

test('without script the link leads to a page with the same', async ({ visit, server }) => {
  const reader = await visit({ javaScriptEnabled: false })
  await reader.page.getByRole('link', { name: 'Share this room' }).first().click()
  await expect(reader.page.getByRole('heading', { level: 1 })).toHaveText('Share #lobby')
  await expect(reader.page.getByRole('link', { name: `${server.address}/` })).toBeVisible()
  await expect(reader.page.getByRole('img', { name: 'The link to the room as a QR code' })).toBeVisible()
  await expect(reader.page.getByRole('button')).toHaveCount(0)
})

test('a private room is shared by an invitation, and says who reads it', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.createsRoom('Plans')
  await ana.messages.getByRole('link', { name: 'Share this room' }).click()
  const dialog = ana.page.getByRole('dialog', { name: 'Share Plans' })
  await expect(dialog).toContainText('Its members can read it and write in it.')
  await dialog.getByRole('link', { name: 'Invite somebody by a link that lets them in' }).click()
  await expect(ana.page.getByRole('heading', { name: 'Room settings' })).toBeVisible()
})
