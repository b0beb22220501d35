import { writeFileSync } from 'node:fs'

import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

interface Dragged {
  items?: { mimeType: string; data: string }[]
  files?: string[]
}

/** Drops data on an element through the browser, so that its default actions happen as well. */
async function drops(room: Room, selector: string, { items = [], files = [] }: Dragged) {
  const box = (await room.page.locator(selector).boundingBox())!
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
  const browser = await room.page.context().newCDPSession(room.page)
  const data = { items, files, dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await browser.send('Input.dispatchDragEvent', { type, x, y, data })
  }
  await browser.detach()
}

/** Dispatches a synthetic paste event. The browser inserts nothing then; the result says whether its default was prevented. */
const pastes = (room: Room, formats: Record<string, string>, file: boolean) =>
  room.composer.evaluate(
    (field: HTMLTextAreaElement, [formats, file]) => {
      const clipboardData = new DataTransfer()
      for (const [format, data] of Object.entries(formats)) clipboardData.setData(format, data)
      if (file) clipboardData.items.add(new File(['x'], 'picture.png', { type: 'image/png' }))
      return field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    },
    [formats, file] as const,
  )

test('dropping or pasting a file does not navigate away, and the page says that files are not supported', async ({ visit }, testInfo) => {
  const file = testInfo.outputPath('notes.html')
  writeFileSync(file, '<p>notes')
  const ana = await (await visit()).joins('ana')
  await ana.composer.fill('a draft')
  await ana.page.evaluate(() => (document.body.dataset.loaded = 'once'))
  const toast = ana.page.locator('.banner.shown').getByText("Files can't be sent here yet.")
  const spoken = ana.page.locator('[aria-live=polite]').getByText("Files can't be sent here yet.")
  let times = 0
  const told = async () => {
    await expect(toast).toBeVisible()
    await expect(spoken).toHaveCount(++times)
    await ana.page.getByRole('button', { name: 'Close', exact: true }).click()
    await expect(toast).toBeHidden()
  }
  for (const place of ['main', 'textarea', 'nav']) {
    await drops(ana, place, { files: [file] })
    await told()
  }
  // An image dragged from another page is a file with its URL.
  const picture = [{ mimeType: 'text/html', data: '<img src="https://example.org/x.png">' }]
  await drops(ana, 'textarea', { files: [file], items: picture })
  await told()
  expect(await pastes(ana, {}, true)).toBe(false)
  await told()
  expect(await pastes(ana, { 'text/html': '<img src="x.png">' }, true)).toBe(false)
  await expect(toast).toBeVisible()
  // Continuing to type dismisses the notice.
  await ana.says('a draft, sent')
  await expect(toast).toBeHidden()
  await drops(ana, 'main', { items: [{ mimeType: 'text/uri-list', data: 'https://example.org/' }] })
  await ana.reads('a draft, sent')
  await expect(toast).toBeHidden()
  expect(await ana.page.evaluate(() => document.body.dataset.loaded)).toBe('once')
})

test('text can be dropped and pasted as usual', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await drops(ana, 'textarea', { items: [{ mimeType: 'text/plain', data: 'dropped' }] })
  await expect(ana.composer).toHaveValue('dropped')
  await ana.composer.fill('')
  const html = [{ mimeType: 'text/html', data: '<b>bold</b>' }, { mimeType: 'text/plain', data: 'bold' }]
  await drops(ana, 'textarea', { items: html })
  await expect(ana.composer).toHaveValue('bold')
  expect(await pastes(ana, { 'text/plain': 'text' }, false)).toBe(true)
  expect(await pastes(ana, { 'text/plain': 'text', 'text/html': '<b>text</b>' }, false)).toBe(true)
  // Spreadsheet programs add an image of the cells to their text.
  expect(await pastes(ana, { 'text/plain': '1\t2', 'text/html': '<table>' }, true)).toBe(true)
  await expect(ana.page.getByText("Files can't be sent here yet.")).toHaveCount(0)
})

test('control characters are removed from pasted and dropped text, with a notice', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const removed = ana.page.locator('.banner.shown').getByText('Control characters were left out')
  await ana.composer.pressSequentially('so: ')
  expect(await pastes(ana, { 'text/plain': 'a\u0007b\r\n\u001b[1mc\tété' }, false)).toBe(false)
  await expect(ana.composer).toHaveValue('so: ab\n[1mc\tété')
  await expect(removed).toBeVisible()
  // It forms one undo step with the text typed just before.
  await ana.page.keyboard.press('Control+z')
  await expect(ana.composer).toHaveValue('')
  await ana.page.keyboard.press('Control+Shift+z')
  await expect(ana.composer).toHaveValue('so: ab\n[1mc\tété')
  await ana.composer.fill('so: ')
  await drops(ana, 'textarea', { items: [{ mimeType: 'text/plain', data: 'x\u0000y' }] })
  await expect(ana.composer).toHaveValue('so: xy')
  // Text without control characters is left to the browser.
  expect(await pastes(ana, { 'text/plain': 'two\n\tlines' }, false)).toBe(true)
  await expect(ana.composer).toHaveValue('so: xy')
  await ana.page.keyboard.press('Enter')
  await expect(ana.message('so: xy')).toBeVisible()
})
