import type { Page } from '@playwright/test'

import { expect, test } from '../support/fixtures.ts'
import { delayWasm, MANIPULATIONS } from '../support/page_manipulations.ts'

for (const [name, change] of Object.entries(MANIPULATIONS)) {
  test(`a page that was modified in transit works: ${name}`, async ({ visit, plain, rewriter }) => {
    let changes = 0
    rewriter.change = (html) => {
      const changed = change(html)
      if (changed !== html) changes++
      return changed
    }
    const bot = await plain('bot')
    bot.says('before')
    await bot.receives('before')
    const ana = await visit({ address: rewriter.address })
    expect(changes, 'pages that were changed').toBeGreaterThan(0)
    await ana.reads('before')
    await ana.joins('ana')
    await ana.says('from ana')
    await bot.receives('from ana')
    bot.says('from bot')
    await ana.reads('before', 'from ana', 'from bot')
    await expect(ana.page.locator('.app')).toHaveCount(1)
  })
}

test('the page works after an extension has modified it during parsing', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const ana = await visit({
    prepare: (page) =>
      page.addInitScript(() => {
        new MutationObserver(() => {
          const field = document.querySelector('#nickname:not([data-filled])')
          field?.setAttribute('data-filled', '')
          field?.after(document.createElement('x-icon'))
        }).observe(document, { childList: true, subtree: true })
      }),
  })
  await ana.joins('ana')
  bot.says('hello ana')
  await ana.reads('hello ana')
})

test('an unmodified page is hydrated: its elements are kept', async ({ visit }) => {
  const ana = await visit({
    prepare: (page) =>
      page.addInitScript(() => {
        document.addEventListener('DOMContentLoaded', () => {
          Object.assign(window, { drawn: document.querySelector('.app') })
        })
      }),
  })
  await expect(ana.nameBox).toBeVisible()
  expect(await ana.page.evaluate(() => (window as never as { drawn: Element }).drawn.isConnected)).toBe(true)
})

for (const changed of [false, true]) {
  test(`input before hydration is kept, page ${changed ? 'modified' : 'unmodified'}`, async ({ visit, plain, rewriter }) => {
    const bot = await plain('bot')
    const talk = Array.from({ length: 40 }, (_, i) => `line ${i}`)
    for (const text of talk) bot.says(text)
    await bot.receives(...talk)
    const ana = await (await visit({ address: rewriter.address, serviceWorkers: 'block', viewport: { width: 900, height: 500 } })).joins('ana')
    await ana.reads(...talk)

    if (changed) rewriter.change = MANIPULATIONS['comments stripped']
    const release = await delayWasm(ana.page)
    await ana.page.reload({ waitUntil: 'domcontentloaded' })
    await ana.composer.fill('half a thought')
    await ana.composer.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(2, 6))
    await ana.messages.hover()
    await ana.page.mouse.wheel(0, -400)
    const position = () => ana.messages.evaluate((log) => log.scrollTop)
    await expect.poll(position).toBeLessThan(-300)
    const scrolled = await position()
    const shown = countFrames(ana.page)
    await ana.loadAndHydrate(async () => release())

    await expect(ana.composer).toHaveValue('half a thought')
    await expect(ana.composer).toBeFocused()
    const selection = (field: HTMLTextAreaElement) => [field.selectionStart, field.selectionEnd]
    expect(await ana.composer.evaluate(selection)).toEqual([2, 6])
    bot.says('something new')
    await expect(ana.jumpToLatest).toHaveAccessibleName(/^1 new/)
    expect(Math.abs((await position()) - scrolled)).toBeLessThanOrEqual(1)
    expect(await shown(), 'messages that are drawn, in any frame').toBeGreaterThan(0)
  })
}

/** Starts counting the messages in each animation frame. The returned function gives the lowest count. */
function countFrames(page: Page) {
  const counted = page.evaluate(() => {
    const counts = window as never as { fewest: number }
    counts.fewest = Infinity
    const count = () => {
      counts.fewest = Math.min(counts.fewest, document.querySelectorAll('article').length)
      requestAnimationFrame(count)
    }
    count()
  })
  return async () => {
    await counted
    return page.evaluate(() => (window as never as { fewest: number }).fewest)
  }
}

/** Makes hydration panic: the container changes between the comparison with the expected HTML and the rendering. */
const changeContainerDuringHydration = (page: Page) =>
  page.addInitScript(() => {
    const { get, set } = Object.getOwnPropertyDescriptor(Element.prototype, 'innerHTML')!
    Object.defineProperty(Element.prototype, 'innerHTML', {
      set,
      get() {
        const html = get!.call(this)
        if (this.id === 'app') this.firstElementChild.prepend('a text')
        return html
      },
    })
  })

const PANIC = [/panicked at|unreachable|RuntimeError/i]

test('after a panic during hydration another instance renders the page', async ({ visit, plain }) => {
  const bot = await plain('bot')
  const again: string[] = []
  const ana = await visit({
    expected: PANIC,
    prepare: async (page) => {
      page.on('request', (request) => {
        if (request.url().endsWith('.wasm?again')) again.push(request.url())
      })
      await changeContainerDuringHydration(page)
    },
  })
  // The browser may report a request after its response.
  await expect.poll(() => again).toHaveLength(1)
  await ana.joins('ana')
  await ana.says('from ana')
  await bot.receives('from ana')
  bot.says('from bot')
  await ana.reads('from ana', 'from bot')
})

test('if rendering always fails, the server’s HTML forms work', async ({ visit, plain, rewriter }) => {
  const bot = await plain('bot')
  rewriter.refused = /\.js\?again$/
  const ana = await visit({
    address: rewriter.address,
    hydrates: false,
    expected: [...PANIC, /status of 502|net::ERR_FAILED|Failed to fetch/],
    prepare: changeContainerDuringHydration,
  })
  const failed = () => ana.page.waitForEvent('console', (line) => line.text().includes('Failed to fetch'))
  await Promise.all([failed(), ana.page.reload()])
  await ana.nameBox.fill('ana')
  await Promise.all([failed(), ana.joinButton.click()])
  await ana.composer.fill('by a form')
  await ana.sendButton.click()
  await bot.receives('by a form')
})
