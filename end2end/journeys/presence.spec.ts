import { expect, test } from '../support/fixtures.ts'

test('others see that someone writes, until it is said', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const ben = await (await visit()).joins('ben')
  await ben.composer.pressSequentially('I am')
  await expect(ana.page.getByText('ben is typing…')).toBeVisible()
  await ben.says('I am here')
  await ana.reads('I am here')
  await expect(ana.page.getByText('ben is typing…')).toBeHidden()
})

test('who has no connection is shown as reconnecting, and as here when they are back', async ({ wire, visit }) => {
  const ana = await (await visit()).joins('ana')
  const ben = await (await visit({ address: wire.address })).joins('ben')
  wire.break()
  await expect(ana.people.getByText('reconnecting')).toBeVisible()
  wire.mend()
  await ben.retryNow.click({ timeout: 1_000 }).catch(() => {})
  await expect(ana.people.getByText('reconnecting')).toBeHidden()
  await expect(ana.people.getByText('ben', { exact: true })).toBeVisible()
})

test('who looks elsewhere for a while is away, and here again at once', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const ben = await visit()
  await ben.page.clock.install()
  await ben.reload()
  await ben.joins('ben')
  await ben.page.clock.fastForward('11:00')
  await expect(ana.people.getByText('away')).toBeVisible()
  await ben.page.mouse.click(5, 5)
  await expect(ana.people.getByText('away')).toBeHidden()
})
