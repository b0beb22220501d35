import jsQR from 'jsqr'

import { expect, test } from '../support/fixtures.ts'

// A CommonJS module that declares a default export, and nests it one level deeper.
const decode = (jsQR as unknown as { default: typeof jsQR }).default

test('messages of an ignored person are hidden until the person is no longer ignored', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const ben = await (await visit()).joins('ben')
  await ben.says('before')
  await ana.reads('before')
  await ana.people.getByText('ben').hover()
  await ana.people.getByRole('button', { name: 'Ignore ben' }).click()
  await expect(ana.message('before')).toBeHidden()
  await ben.says('meanwhile')
  await ana.reload()
  await expect(ana.people.getByText('ignored')).toBeVisible()
  await expect(ana.message('meanwhile')).toBeHidden()
  await ana.people.getByRole('button', { name: 'Stop ignoring ben' }).click()
  await ana.reads('before', 'meanwhile')
})

test('a name change is visible to all, and a taken name is refused and keeps the old one', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const ben = await (await visit()).joins('ben')
  await ana.opensMenu('Change your name')
  const field = ana.page.getByRole('textbox', { name: 'Your new name' })
  await field.fill('BEN')
  await field.press('Enter')
  await expect(ana.rooms.getByRole('alert')).toContainText('taken')
  await field.fill('anna')
  await field.press('Enter')
  await expect(field).toBeHidden()
  await expect(ben.people.getByText('anna', { exact: true })).toBeVisible()
  await ana.says('still me')
  await expect(ben.messages.getByRole('article', { name: /^anna/ })).toContainText('still me')
})

test('messages can be marked unread, and stay so until the reader returns to them', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const ben = await (await visit()).joins('ben')
  for (const text of ['one', 'two', 'three']) await ben.says(text)
  await ana.reads('one', 'two', 'three')
  await ana.makesRoom('art')
  await ana.goesTo('lobby')
  await ana.usesAction('two', 'Mark unread')
  await expect(ana.unreadDivider).toBeVisible()
  await expect(ana.room('lobby')).toHaveAccessibleName(/2/)
  await ana.goesTo('art')
  await expect(ana.room('lobby')).toHaveAccessibleName(/2/)
  await ana.goesTo('lobby')
  await expect(ana.room('lobby')).not.toHaveAccessibleName(/\d/)
  await expect(ana.unreadDivider).toBeVisible()
})

test('a dialog lists all shortcuts, and rooms can be switched with the keyboard', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.makesRoom('art')
  await ana.messages.focus()
  await ana.page.keyboard.press('?')
  const sheet = ana.page.getByRole('dialog', { name: 'Keys' })
  await expect(sheet.getByRole('heading', { name: 'Keys' })).toBeFocused()
  await ana.page.keyboard.press('Escape')
  await expect(sheet).toBeHidden()
  await expect(ana.messages).toBeFocused()
  await ana.page.keyboard.press('Alt+ArrowDown')
  await expect(ana.heading).toHaveText('#lobby')
  await expect(ana.composer).toBeFocused()
  await ana.composer.pressSequentially('why?')
  await expect(sheet).toBeHidden()
})

test('a second device signs in with a single-use link, which is also shown as a QR code', async ({ visit }) => {
  const ana = await (await visit({ viewport: { width: 900, height: 900 } })).joins('ana')
  const ben = await (await visit()).joins('ben')
  await ana.says('from the laptop')
  const opened = ana.page.waitForEvent('popup')
  await ana.opensMenu('Use on another device')
  const offer = await opened
  const link = (await offer.getByRole('link', { name: /\/device\// }).getAttribute('href')) ?? ''
  const picture = await offer.getByRole('img', { name: 'The link as a QR code' }).screenshot()
  // The browser decodes the image.
  const { width, height, pixels } = await ben.page.evaluate(async (picture) => {
    const image = await createImageBitmap(new Blob([Uint8Array.from(atob(picture), (c) => c.charCodeAt(0))]))
    const drawn = new OffscreenCanvas(image.width, image.height).getContext('2d')
    if (!drawn) throw new Error('no canvas')
    drawn.drawImage(image, 0, 0)
    const { data } = drawn.getImageData(0, 0, image.width, image.height)
    return { width: image.width, height: image.height, pixels: Array.from(data) }
  }, picture.toString('base64'))
  expect(decode(Uint8ClampedArray.from(pixels), width, height)?.data).toBe(link)
  await offer.close()

  const phone = await visit({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
  await phone.page.goto(link)
  await phone.loadAndHydrate(() => phone.page.getByRole('button', { name: 'Continue as ana on this device' }).click())
  await phone.says('from the phone')
  await ana.reads('from the laptop', 'from the phone')
  await ana.usesAction('from the phone', 'Edit')
  await ana.says('from the phone, by the laptop', 'Save')
  await phone.reads('from the laptop', 'from the phone, by the laptop')
  await expect(ben.people.getByRole('listitem')).toHaveCount(2)

  const late = await ben.page.request.get(link)
  expect([late.status(), await late.text()]).toEqual([410, expect.stringContaining('It works once, for five minutes.')])
})

test('signing out discards name, rooms, drafts and ignored people in every tab', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const ben = await (await visit()).joins('ben')
  await ana.makesRoom('art')
  await ana.composer.fill('a secret draft')
  const other = await ana.opensNewTab()
  await expect(other.composer).toBeVisible()
  await ana.loadAndHydrate(() => ana.opensMenu('Sign out'))
  await expect(ana.nameBox).toHaveValue('')
  await expect(ana.room('art')).toBeHidden()
  expect(await ana.page.evaluate(() => Object.keys(localStorage))).toEqual([])
  await expect(other.nameBox).toBeVisible()
  await expect(ben.people.getByRole('listitem')).toHaveText([/ben/])
  // The name is free at once, and the next holder is a different person.
  await ana.joins('ana')
  await expect(ana.composer).toHaveValue('')
  await expect(ana.room('art')).toBeHidden()
})

test('signing out warns of unsent messages', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const asked: string[] = []
  ana.page.on('dialog', (dialog) => asked.push(dialog.message()))
  // From here on the page loads, but its WebSocket cannot connect.
  await ana.page.routeWebSocket(/\/ws\/chat/, (socket) => void socket.close({ code: 4001 }))
  await ana.page.reload()
  await expect(ana.retryNow).toBeVisible()
  await ana.says('not sent')
  await ana.says('nor this')
  await ana.composer.fill('half a thought')
  await ana.opensMenu('Sign out')
  await expect(ana.nameBox).toBeVisible()
  expect(asked).toHaveLength(1)
  expect(asked[0]).toContain('2 messages that have not arrived yet will be lost.')
  expect(asked[0]).toContain('What you have begun to write will be lost.')
  expect(asked[0]).toContain('The name ana becomes free')
})
