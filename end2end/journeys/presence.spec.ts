import { expect, test } from '../support/fixtures.ts'

test('others see that somebody is typing, until the message is posted', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const ben = await (await visit()).joins('ben')
  await ben.composer.pressSequentially('I am')
  await expect(ana.page.getByText('ben is typing…')).toBeVisible()
  await ben.says('I am here')
  await ana.reads('I am here')
  await expect(ana.page.getByText('ben is typing…')).toBeHidden()
})

test('a disconnected person is shown as reconnecting, and as present when they are back', async ({ network, visit }) => {
  const ana = await (await visit()).joins('ana')
  const ben = await (await visit({ address: network.address })).joins('ben')
  network.disconnect()
  await expect(ana.people.getByText('reconnecting')).toBeVisible()
  network.reconnect()
  await ben.reconnectsNow()
  await expect(ana.people.getByText('reconnecting')).toBeHidden()
  await expect(ana.people.getByText('ben', { exact: true })).toBeVisible()
})

test('a person whose page is in the background for a while is away, and present again at once', async ({ visit }) => {
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
