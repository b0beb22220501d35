import type { Page } from '@playwright/test'

import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'
import type { Server } from '../support/server.ts'

/** Replaces the server's log by another one, in which the second message is again by the same author. */
const LOSSES: Record<string, (server: Server) => Promise<void>> = {
  deleted: async (server) => server.deleteData(),
  restored: async () => {},
}

for (const [loss, lose] of Object.entries(LOSSES)) {
  test(`pending changes do not apply to other messages after the log is ${loss}`, async ({ server, network, visit }) => {
    const ana = await (await visit({ address: network.address })).joins('ana')
    await ana.says('first')
    await ana.article('first').getByRole('button', { name: 'Edit', exact: true }).waitFor({ state: 'attached' })
    await server.stop()
    const restore = loss === 'restored' ? server.backUp() : () => {}
    await server.start()
    for (const text of ['to edit', 'to delete', 'to edit later']) {
      await ana.says(text)
      await ana.reads(text)
    }
    // Only messages in the log can be edited.
    await ana.article('to edit later').getByRole('button', { name: 'Edit', exact: true }).waitFor({ state: 'attached' })

    network.disconnect()
    await server.stop()
    await expect(ana.retryNow).toBeVisible()
    await ana.usesAction('to edit', 'Edit')
    await ana.says('edited meanwhile', 'Save')
    await ana.usesAction('to delete', 'Delete')
    await ana.usesAction('to edit later', 'Edit')
    await ana.composer.fill('half an edit')
    await lose(server)
    restore()
    await server.start()
    // The same person in another browser, which does not know the pending messages of the first. A server without its
    // data knows nobody: then it is another person.
    const cookies = await ana.page.context().cookies()
    const same = await visit({ storageState: { cookies, origins: [] } })
    if (loss === 'deleted') await same.joins('ben')
    if (loss === 'deleted') await same.says('new first')
    for (const text of ['new, 1', 'new, 2', 'new, 3']) await same.says(text)
    await same.reads('new, 1', 'new, 2', 'new, 3')

    network.reconnect()
    await ana.reconnectsNow()
    await ana.reads('new, 1', 'new, 2', 'new, 3')
    await expect(ana.composer).toHaveValue('half an edit')
    await expect(ana.page.getByText('Editing your message')).toBeHidden()
    const offered = ana.page.getByRole('group', { name: 'Other drafts' })
    await expect(offered).toContainText('edited meanwhile')
    await ana.reload()
    await ana.reads('new, 1', 'new, 2', 'new, 3')
    await same.reads('new, 1', 'new, 2', 'new, 3')
    await expect(ana.messages).not.toContainText('deleted')
    await expect(ana.messages).not.toContainText('(edited)')
  })
}

/** Makes all Web Storage full, or the given one only. */
async function fillStorage(page: Page, only?: 'localStorage') {
  await page.evaluate((only) => {
    const { setItem } = Storage.prototype
    Storage.prototype.setItem = function (key, value) {
      if (only && this !== window[only]) return setItem.call(this, key, value)
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    }
  }, only)
}

async function writesOffline(ana: Room, server: Server) {
  await ana.says('before')
  await ana.reads('before')
  await server.stop()
  await expect(ana.retryNow).toBeVisible()
  await ana.says('pending')
  await ana.composer.pressSequentially('typed')
}

test('with a full store, a reload still restores pending messages and the draft', async ({ server, visit }) => {
  const ana = await (await visit()).joins('ana')
  await fillStorage(ana.page, 'localStorage')
  await writesOffline(ana, server)
  await server.start()
  await ana.reload()
  await ana.reads('before', 'pending')
  await expect(ana.composer).toHaveValue('typed')
  await expect(ana.messages).not.toContainText('waiting for the connection')
})

test('the page asks before it is closed if typed text cannot be stored', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const asked: string[] = []
  ana.page.on('dialog', (dialog) => asked.push(dialog.type()))
  await ana.composer.pressSequentially('stored')
  await ana.reload()
  await expect(ana.composer).toHaveValue('stored')
  expect(asked).toEqual([])

  await fillStorage(ana.page)
  await ana.composer.press('End')
  await ana.composer.pressSequentially(', then not')
  await ana.reload()
  await expect.poll(() => asked).toEqual(['beforeunload'])

  // Without unstored text it does not ask.
  await fillStorage(ana.page)
  await ana.composer.fill('gone')
  await ana.composer.fill('')
  await ana.reload()
  expect(asked).toEqual(['beforeunload'])
})

test('entries deleted from the store by others are stored again when the page is closed', async ({ server, visit }) => {
  const ana = await (await visit()).joins('ana')
  await writesOffline(ana, server)
  await ana.page.evaluate(() => localStorage.clear())
  await server.start()
  await ana.reload()
  await ana.reads('before', 'pending')
  await expect(ana.composer).toHaveValue('typed')
})

test('nothing is stored again after signing out', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const other = await ana.opensNewTab()
  await other.composer.fill('secret')
  await ana.opensMenu('Sign out')
  await expect(ana.nameBox).toBeVisible()
  await expect(other.nameBox).toBeVisible()
  await other.reload()
  const stored = await other.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))
  expect(stored).not.toContain('secret')
})

/** Changes the composer's text as an extension may do: without any event. */
async function setComposerText(room: Room, text: string) {
  await room.composer.evaluate((field: HTMLTextAreaElement, text) => (field.value = text), text)
}

test('text that a script has set in the composer is stored like typed text', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.makesRoom('art')
  await setComposerText(ana, 'by a script')
  await ana.goesTo('lobby')
  await expect(ana.composer).toHaveValue('')
  await ana.goesTo('art')
  await expect(ana.composer).toHaveValue('by a script')
  await setComposerText(ana, 'by a script again')
  await ana.reload()
  await expect(ana.composer).toHaveValue('by a script again')

  // The edit of a message, while a draft is kept for later.
  await ana.composer.fill('posted')
  await ana.page.getByRole('button', { name: 'Send' }).click()
  await ana.reads('posted')
  await setComposerText(ana, 'waits')
  await ana.usesAction('posted', 'Edit')
  await setComposerText(ana, 'posted later')
  await ana.page.getByRole('button', { name: 'Cancel' }).click()
  await expect(ana.composer).toHaveValue('waits')
})

test('a text box replaced by an extension with a copy works as the composer', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit()).joins('ana')
  await ana.composer.fill('old')
  await ana.composer.evaluate((field) => field.replaceWith(field.cloneNode(true)))
  await ana.composer.fill('new')
  await ana.sendButton.click()
  await bot.receives('new')
  await expect(ana.composer).toHaveValue('')
  await ana.composer.pressSequentially('by key')
  await ana.composer.press('Enter')
  await bot.receives('new', 'by key')
  await ana.composer.fill('a draft')
  await ana.reload()
  await expect(ana.composer).toHaveValue('a draft')
})
