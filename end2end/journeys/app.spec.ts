import { expect, test } from '../support/fixtures.ts'

test('the browser reports no installability errors', async ({ visit }) => {
  const { page } = await visit()
  const browser = await page.context().newCDPSession(page)
  const { errors, data } = await browser.send('Page.getAppManifest')
  expect(errors).toEqual([])
  expect(JSON.parse(data ?? '').name).toBe('Parlor')
  const { installabilityErrors } = await browser.send('Page.getInstallabilityErrors')
  // A test context is a private window, in which no page can be installed.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([])
})
