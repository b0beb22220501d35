import type { Page } from '@playwright/test'

import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'
import type { Server } from '../support/server.ts'

/** The server's log becomes another one, in which the second message is one of the same author again. */
const LOSSES: Record<string, (server: Server) => Promise<void>> = {
  deleted: async (server) => server.deleteData(),
  restored: async () => {},
}

for (const [loss, lose] of Object.entries(LOSSES)) {
  test(`changes that wait for a server whose log is ${loss} hit no other message`, async ({ server, wire, visit }) => {
    const ana = await (await visit({ address: wire.address })).joins('ana')
    await ana.says('first')
    await ana.article('first').getByRole('button', { name: 'Edit', exact: true }).waitFor({ state: 'attached' })
    await server.stop()
    const restore = loss === 'restored' ? server.backUp() : () => {}
    await server.start()
    for (const text of ['to edit', 'to delete', 'to edit later']) {
      await ana.says(text)
      await ana.reads(text)
    }
    // Only what is in the log can be edited.
    await ana.article('to edit later').getByRole('button', { name: 'Edit', exact: true }).waitFor({ state: 'attached' })

    wire.break()
    await server.stop()
    await expect(ana.retryNow).toBeVisible()
    await ana.does('to edit', 'Edit')
    await ana.says('edited meanwhile', 'Save')
    await ana.does('to delete', 'Delete')
    await ana.does('to edit later', 'Edit')
    await ana.composer.fill('half an edit')
    await lose(server)
    restore()
    await server.start()
    // The same person in another browser, which knows nothing of what waits in the first.
    const cookies = await ana.page.context().cookies()
    const same = await visit({ storageState: { cookies, origins: [] } })
    if (loss === 'deleted') await same.joins('ana')
    if (loss === 'deleted') await same.says('new first')
    for (const text of ['new, 1', 'new, 2', 'new, 3']) await same.says(text)
    await same.reads('new, 1', 'new, 2', 'new, 3')

    wire.mend()
    await ana.retryNow.click()
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

/** No store takes anything any more; `only` is the one that is full. */
async function fill(page: Page, only?: 'localStorage') {
  await page.evaluate((only) => {
    const { setItem } = Storage.prototype
    Storage.prototype.setItem = function (key, value) {
      if (only && this !== window[only]) return setItem.call(this, key, value)
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
    }
  }, only)
}

async function writesWithoutNetwork(ana: Room, server: Server) {
  await ana.says('before')
  await ana.reads('before')
  await server.stop()
  await expect(ana.retryNow).toBeVisible()
  await ana.says('pending')
  await ana.composer.pressSequentially('typed')
}

test('what the full store of the browser has no place for, a reload brings back all the same', async ({ server, visit }) => {
  const ana = await (await visit()).joins('ana')
  await fill(ana.page, 'localStorage')
  await writesWithoutNetwork(ana, server)
  await server.start()
  await ana.reload()
  await ana.reads('before', 'pending')
  await expect(ana.composer).toHaveValue('typed')
  await expect(ana.messages).not.toContainText('waiting for the connection')
})

test('a page asks before it is left while something typed has no place anywhere', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const asked: string[] = []
  ana.page.on('dialog', (dialog) => asked.push(dialog.type()))
  await ana.composer.pressSequentially('stored')
  await ana.reload()
  await expect(ana.composer).toHaveValue('stored')
  expect(asked).toEqual([])

  await fill(ana.page)
  await ana.composer.press('End')
  await ana.composer.pressSequentially(', then not')
  await ana.reload()
  await expect.poll(() => asked).toEqual(['beforeunload'])

  // Nothing that would be lost, no question.
  await fill(ana.page)
  await ana.composer.fill('gone')
  await ana.composer.fill('')
  await ana.reload()
  expect(asked).toEqual(['beforeunload'])
})

test('what is deleted from the store behind the page is stored again when the page ends', async ({ server, visit }) => {
  const ana = await (await visit()).joins('ana')
  await writesWithoutNetwork(ana, server)
  await ana.page.evaluate(() => localStorage.clear())
  await server.start()
  await ana.reload()
  await ana.reads('before', 'pending')
  await expect(ana.composer).toHaveValue('typed')
})

test('nothing comes back to the store once its owner has signed out', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const other = await ana.again()
  await other.composer.fill('secret')
  await ana.opensMenu('Sign out')
  await expect(ana.nameBox).toBeVisible()
  await expect(other.nameBox).toBeVisible()
  await other.reload()
  const stored = await other.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))
  expect(stored).not.toContain('secret')
})

/** Changes the composer's text as an extension may: without any event. */
async function puts(room: Room, text: string) {
  await room.composer.evaluate((field: HTMLTextAreaElement, text) => (field.value = text), text)
}

test('a text that a script has put into the composer is kept as one that was typed', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.makesRoom('art')
  await puts(ana, 'by a script')
  await ana.goesTo('lobby')
  await expect(ana.composer).toHaveValue('')
  await ana.goesTo('art')
  await expect(ana.composer).toHaveValue('by a script')
  await puts(ana, 'by a script again')
  await ana.reload()
  await expect(ana.composer).toHaveValue('by a script again')

  // An edit, over the message that waits behind it.
  await ana.composer.fill('posted')
  await ana.page.getByRole('button', { name: 'Send' }).click()
  await ana.reads('posted')
  await puts(ana, 'waits')
  await ana.does('posted', 'Edit')
  await puts(ana, 'posted later')
  await ana.page.getByRole('button', { name: 'Cancel' }).click()
  await expect(ana.composer).toHaveValue('waits')
})

test('a text box that an extension has replaced by a copy is the composer', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await (await visit()).joins('ana')
  await ana.composer.fill('old')
  await ana.composer.evaluate((field) => field.replaceWith(field.cloneNode(true)))
  await ana.composer.fill('new')
  await ana.sendButton.click()
  await bot.hears('new')
  await expect(ana.composer).toHaveValue('')
  await ana.composer.pressSequentially('by key')
  await ana.composer.press('Enter')
  await bot.hears('new', 'by key')
  await ana.composer.fill('a draft')
  await ana.reload()
  await expect(ana.composer).toHaveValue('a draft')
})
