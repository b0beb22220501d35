import type { Page } from '@playwright/test'

import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

/** The drafts offered above the composer, one per line. */
function drafts(room: Room) {
  return room.page.getByRole('group', { name: 'Other drafts' }).locator('p')
}

/** Further pages of this browser are loaded in the background, until `show` is called. */
async function hidden(page: Page) {
  await page.addInitScript(() => {
    Object.defineProperty(Document.prototype, 'visibilityState', {
      get: () => ('shown' in window ? 'visible' : 'hidden'),
      configurable: true,
    })
  })
}

async function show(page: Page) {
  await page.evaluate(() => {
    Object.assign(window, { shown: true })
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))
  })
}

test('the draft and the edit of a message are both kept when saving, switching rooms and reloading', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.says('wrogn')
  await ana.reads('wrogn')
  await ana.makesRoom('art')
  await ana.composer.fill('about art')
  await ana.goesTo('lobby')
  await ana.composer.fill('half a thou')
  await ana.usesAction('wrogn', 'Edit')
  await ana.composer.fill('righ')

  await ana.goesTo('art')
  await expect(ana.composer).toHaveValue('about art')
  await ana.goesTo('lobby')
  await expect(ana.composer).toHaveValue('righ')
  await ana.reload()
  await expect(ana.composer).toHaveValue('righ')
  await expect(ana.page.getByText('Editing your message')).toBeVisible()
  await ana.composer.press('End')
  await ana.composer.pressSequentially('t')
  await ana.page.getByRole('button', { name: 'Save', exact: true }).click()
  await ana.reads('right')
  await expect(ana.composer).toHaveValue('half a thou')
  await ana.reload()
  await expect(ana.composer).toHaveValue('half a thou')
  await expect(ana.message('right')).toBeVisible()

  // A reply is restored together with the message that it answers.
  await ana.usesAction('right', 'Reply')
  await ana.reload()
  await expect(ana.page.getByText('Answering ana: right')).toBeVisible()
  await expect(ana.composer).toHaveValue('half a thou')
  // Undo does not restore another text of the same text box.
  await ana.goesTo('art')
  await ana.composer.press('Control+z')
  await ana.composer.press('Control+z')
  await expect(ana.composer).toHaveValue('about art')
  await ana.goesTo('lobby')
  await expect(ana.composer).toHaveValue('half a thou')
})

test('the edit of a message that another tab deletes is offered as a draft', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.says('first')
  await ana.reads('first')
  await ana.makesRoom('art')
  await ana.goesTo('lobby')
  await ana.usesAction('first', 'Edit')
  await ana.composer.fill('first of all')
  await ana.goesTo('art')
  const other = await ana.opensNewTab()
  await other.usesAction('first', 'Delete')
  await expect(other.messages).toContainText('This message was deleted.')
  await ana.goesTo('lobby')
  await expect(ana.messages).toContainText('This message was deleted.')
  await expect(ana.composer).toHaveValue('')
  await expect(drafts(ana)).toContainText(/^Draft.*first of all/)
  await drafts(ana).getByRole('button', { name: 'Use' }).click()
  await expect(ana.composer).toHaveValue('first of all')
  await expect(ana.composer).toBeFocused()
  await expect(drafts(ana)).toHaveCount(0)
  await ana.composer.press('Enter')
  await other.reads('first of all')
})

test('two tabs have separate drafts, and the draft of a closed tab is offered in the other', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const other = await ana.opensNewTab()
  await ana.composer.fill('in the first tab')
  await other.composer.fill('in the second tab')
  for (const tab of [ana, other]) await tab.reload()
  await expect(ana.composer).toHaveValue('in the first tab')
  await expect(other.composer).toHaveValue('in the second tab')

  // A duplicated tab has a copy of the session storage, but is a different tab.
  const opened = ana.page.waitForEvent('popup')
  await ana.page.evaluate(() => void window.open('/'))
  const duplicate = await opened
  await duplicate.getByRole('button', { name: 'Emoji' }).click()
  await expect(duplicate.getByRole('dialog', { name: 'Emoji' })).toBeVisible()
  await expect(duplicate.getByRole('textbox', { name: 'Message', exact: true })).toHaveValue('')
  await duplicate.close()

  await other.page.close({ runBeforeUnload: false })
  await expect(drafts(ana)).toContainText('in the second tab')
  await expect(ana.composer).toHaveValue('in the first tab')
  await drafts(ana).getByRole('button', { name: 'Use' }).click()
  await expect(ana.composer).toHaveValue('in the second tab')
  await expect(drafts(ana)).toContainText('in the first tab')
  await ana.composer.press('Enter')
  await ana.reads('in the second tab')
  await ana.reload()
  await expect(ana.composer).toHaveValue('')
  await drafts(ana).getByRole('button', { name: 'Discard' }).click()
  await expect(drafts(ana)).toHaveCount(0)
  await expect.poll(() => ana.page.evaluate(() => Object.keys(localStorage).filter((key) => /^draft/.test(key)))).toEqual([])
})

test('of the drafts of closed tabs, including old formats, the newest is in the composer and the others are offered', async ({
  visit,
}) => {
  const ana = await (await visit()).joins('ana')
  const tabs = [await ana.opensNewTab(), await ana.opensNewTab()]
  for (const [index, tab] of tabs.entries()) await tab.composer.fill(`draft ${index + 1}`)
  await ana.composer.fill('draft 3')
  // In the format of an older build; and in an unknown format of a newer build, which must not be changed.
  await ana.page.evaluate(() => {
    localStorage.setItem('draft/lobby', 'draft 0')
    localStorage.setItem('draft/3/a/1', 'of a newer build')
    localStorage.setItem('draft/2/gone/7', '{"of":"a newer build"}')
  })
  const context = ana.page.context()
  const page = await context.newPage()
  for (const tab of [...tabs, ana]) await tab.page.close({ runBeforeUnload: false })
  await page.goto('/')
  const composer = page.getByRole('textbox', { name: 'Message', exact: true })
  const offered = page.getByRole('group', { name: 'Other drafts' }).locator('p')
  await expect(composer).toHaveValue('draft 3')
  await expect(offered).toContainText(['draft 2', 'draft 1', 'draft 0'])
  await offered.nth(1).getByRole('button', { name: 'Use' }).click()
  await expect(composer).toHaveValue('draft 1')
  await expect(offered).toContainText(['draft 3', 'draft 2', 'draft 0'])
  await page.reload()
  await expect(composer).toHaveValue('draft 1')
  await expect(offered).toHaveCount(3)
  expect(
    await page.evaluate(() => ['draft/lobby', 'draft/3/a/1', 'draft/2/gone/7'].map((key) => localStorage.getItem(key))),
  ).toEqual([null, 'of a newer build', '{"of":"a newer build"}'])
})

test('a tab reloaded offline shows its own messages and draft, even if another tab waits to adopt them', async ({
  visit,
}) => {
  const ana = await (await visit()).joins('ana')
  const context = ana.page.context()
  await context.routeWebSocket(/\/ws\/chat/, (socket) => void socket.close({ code: 4001 }))
  const behind = await context.newPage()
  await hidden(behind)
  await behind.goto('/')
  await expect(behind.getByRole('textbox', { name: 'Message', exact: true })).toBeVisible()
  await ana.page.reload()
  await ana.says('pending')
  await ana.reads('pending')
  await ana.composer.fill('a draft')

  await ana.page.reload()
  await ana.reads('pending')
  await expect(ana.composer).toHaveValue('a draft')
  // As after a crash: the page could not report that it was closed.
  await ana.page.addInitScript(() => sessionStorage.removeItem('left'))
  await ana.page.reload()
  await ana.reads('pending')
  await expect(ana.composer).toHaveValue('a draft')

  // The waiting tab adopts them when it becomes visible.
  await ana.page.close({ runBeforeUnload: false })
  await show(behind)
  await expect(behind.getByRole('log', { name: 'Messages' }).getByText('pending', { exact: true })).toBeVisible()
  await expect(behind.getByRole('textbox', { name: 'Message', exact: true })).toHaveValue('a draft')
})

test('without the Web Locks API drafts and messages are kept as well', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  for (const locks of ['refusing', 'missing']) {
    await ana.page.addInitScript((locks) => {
      const request = () => Promise.reject(new DOMException('denied', 'SecurityError'))
      Object.defineProperty(Navigator.prototype, 'locks', {
        get: () => (locks === 'missing' ? undefined : { request }),
        configurable: true,
      })
    }, locks)
    await ana.reload()
    await ana.composer.fill(`a draft, locks ${locks}`)
    await ana.reload()
    await expect(ana.composer).toHaveValue(`a draft, locks ${locks}`)
    await ana.composer.fill('')
  }
})

test('a message that no longer fits into the store becomes a draft again', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.page.context().routeWebSocket(/\/ws\/chat/, (socket) => void socket.close({ code: 4001 }))
  await ana.page.reload()
  await ana.composer.fill('typed before the store was full')
  await ana.page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError')
    }
  })
  await ana.composer.press('Enter')
  await ana.reads('typed before the store was full')
  await expect(ana.composer).toHaveValue('')
  await ana.page.reload()
  await expect(ana.composer).toHaveValue('typed before the store was full')
})

test('the typed text is kept when the name is lost and a new one is claimed', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  let tell: ((frame: string) => void) | undefined
  await ana.page.routeWebSocket(/\/ws\/chat/, (socket) => {
    socket.connectToServer().onMessage((frame) => {
      socket.send(frame)
      tell = (frame) => socket.send(frame)
    })
  })
  await ana.page.reload()
  await expect.poll(() => tell).toBeDefined()
  await ana.composer.fill('half a thou')
  // Only the page’s memory can restore it.
  await ana.page.evaluate(() => localStorage.clear())
  tell!('{"type":"unnamed"}')
  await ana.joins('ana')
  await expect(ana.composer).toHaveValue('half a thou')
})

test('undo and redo still work after a completion and an emoji', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const ben = await (await visit()).joins('ben')
  await ben.says('here')
  await ana.reads('here')
  const undo = () => ana.composer.press('Control+z')
  const redo = () => ana.composer.press('Control+Shift+z')
  // In the middle of a text, after characters of two UTF-16 code units.
  await ana.composer.pressSequentially('🦊🦊 hello  you 🎉')
  for (let i = 0; i < 6; i++) await ana.composer.press('ArrowLeft')
  await ana.composer.pressSequentially('@be')
  await ana.composer.press('Enter')
  const completed = '🦊🦊 hello @ben  you 🎉'
  await expect(ana.composer).toHaveValue(completed)
  await ana.page.getByRole('button', { name: 'Emoji' }).click()
  await ana.page.getByRole('dialog', { name: 'Emoji' }).getByRole('button', { name: '👍' }).click()
  const chosen = '🦊🦊 hello @ben 👍 you 🎉'
  await expect(ana.composer).toHaveValue(chosen)

  await undo()
  await expect(ana.composer).toHaveValue(completed)
  await redo()
  await expect(ana.composer).toHaveValue(chosen)
  await undo()
  await undo()
  await expect(ana.composer).toHaveValue('🦊🦊 hello @be you 🎉')
  await undo()
  await expect(ana.composer).toHaveValue('🦊🦊 hello  you 🎉')
  await redo()
  await redo()
  await expect(ana.composer).toHaveValue(completed)
  await ana.reload()
  await expect(ana.composer).toHaveValue(completed)
})
