import { expect, test } from '../support/fixtures.ts'

test('the browser finds nothing that keeps the page from being installed', async ({ visit }) => {
  const { page } = await visit()
  const browser = await page.context().newCDPSession(page)
  const { errors, data } = await browser.send('Page.getAppManifest')
  expect(errors).toEqual([])
  expect(JSON.parse(data ?? '').name).toBe('Parlor')
  const { installabilityErrors } = await browser.send('Page.getInstallabilityErrors')
  // A context of a test is a private window, which installs nothing whatever the page is.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([])
})
