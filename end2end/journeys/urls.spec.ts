import { expect, test } from '../support/fixtures.ts'

const MISSING = 'This message does not exist, or not any more.'

test.describe('without limits', () => {
  test.use({ flags: ['--limits', 'off'] })

  test('after jumping from a message to the end, a reload also shows the end', async ({ visit, plain, server }) => {
    const bot = await plain('bot')
    for (let i = 1; i <= 200; i++) bot.says(`message ${i}`)
    await bot.receives('message 200')
    const ana = await visit()
    const opens = (path: string) => ana.loadAndHydrate(() => ana.page.goto(`${server.address}${path}`))

    await opens('/r/lobby/50#m50')
    await expect(ana.message('message 50')).toBeInViewport()
    expect(new URL(ana.page.url()).pathname).toBe('/r/lobby/50')
    await ana.page.getByRole('button', { name: 'To the newest' }).click()
    await expect(ana.page).toHaveURL(`${server.address}/`)
    await ana.reload()
    await expect(ana.message('message 200')).toBeInViewport()

    // By scrolling, from a page of the history.
    await opens('/?before=150')
    await expect(ana.message('message 148')).toBeAttached()
    await ana.messages.hover()
    await expect(async () => {
      await ana.page.mouse.wheel(0, 2_000)
      await expect(ana.page).toHaveURL(`${server.address}/`, { timeout: 100 })
    }).toPass()

    await opens('/r/lobby/60')
    await ana.joins('ana')
    await ana.says('hello')
    await expect(ana.page).toHaveURL(`${server.address}/`)
    await ana.reload()
    await expect(ana.message('hello')).toBeInViewport()
  })
})

test('the URL of a message that does not exist shows a notice, with and without JavaScript', async ({ visit, plain, server }) => {
  const bot = await plain('bot')
  bot.says('the only message')
  await bot.receives('the only message')
  for (const javaScriptEnabled of [true, false]) {
    const ana = await visit({ javaScriptEnabled })
    const open = () => ana.page.goto(`${server.address}/r/lobby/99999`)
    await (javaScriptEnabled ? ana.loadAndHydrate(open) : open())
    await expect(ana.page.getByText(MISSING)).toBeVisible()
    await expect(ana.message('the only message')).toBeInViewport()
    await ana.page.getByRole('button', { name: 'To the newest' }).click()
    await expect(ana.page).toHaveURL(new RegExp(`^${server.address}/\\??$`))
    await expect(ana.page.getByText(MISSING)).toBeHidden()
  }
})

test('back and forward do not lead to a room that was left, but its URL does', async ({ visit, server }) => {
  const ana = await (await visit()).joins('ana')
  await ana.makesRoom('art')
  await ana.makesRoom('music')
  await ana.goesTo('art')
  const ben = await (await visit()).joins('ben')
  await ben.makesRoom('art')
  await expect(ben.people).toContainText('ana')

  await ana.room('art').hover()
  await ana.rooms.getByRole('button', { name: 'Leave #art' }).click()
  await expect(ana.room('art')).toBeHidden()
  const shown = await ana.heading.innerText()
  await expect(ana.page).toHaveURL(new RegExp(`${shown === '#lobby' ? '/' : `/r/${shown.slice(1)}`}$`))
  // The earlier history entries: #music, #art, the lobby.
  for (const expected of ['#music', '#music', '#lobby']) {
    await ana.page.goBack()
    await expect(ana.heading).toHaveText(expected)
    await expect(ana.page).toHaveURL(expected === '#lobby' ? `${server.address}/` : /\/r\/music$/)
  }
  for (const expected of ['#music', '#music']) {
    await ana.page.goForward()
    await expect(ana.heading).toHaveText(expected)
  }
  await expect(ana.room('art')).toBeHidden()
  await expect(ben.people).not.toContainText('ana')

  await ana.loadAndHydrate(() => ana.page.goto(`${server.address}/r/art`))
  await expect(ben.people).toContainText('ana')
})

test('an unknown URL gives an error page in the reader’s language, and other forms of a URL redirect to it', async ({
  browser,
  server,
}) => {
  const page = await browser.newPage({ baseURL: server.address, locale: 'de-DE' })
  const answer = await page.goto('/r/kitchen/x')
  expect(answer?.status()).toBe(404)
  await expect(page.getByRole('heading', { name: 'Diese Nachricht gibt es nicht' })).toBeVisible()
  await page.getByRole('link', { name: '#kitchen' }).click()
  await expect(page).toHaveURL(`${server.address}/r/kitchen`)
  await page.goto(`${server.address}//r/Kitchen/?after=0`)
  await expect(page).toHaveURL(`${server.address}/r/kitchen?after=0`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('#kitchen')
  await page.close()
})

test('a link that cannot be copied is shown for copying by hand and not reported as copied', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await ana.says('worth a link')
  await ana.page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('', 'NotAllowedError'))
  })
  const asked = ana.page.waitForEvent('dialog')
  await ana.usesAction('worth a link', 'Copy link')
  expect((await asked).defaultValue()).toContain('/r/lobby/1#m1')
  await expect(ana.messages.locator('[data-done]')).toHaveCount(0)
})
