import { expect, test } from '../support/fixtures.ts'

test('names and emoji are completed with the keyboard and the pointer', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  await (await visit()).joins('Ben Okri')
  await expect(ana.people.getByText('Ben Okri')).toBeVisible()
  const offers = ana.page.getByRole('listbox', { name: 'Completions' })
  await ana.composer.pressSequentially('hi @be')
  await expect(offers.getByRole('option')).toHaveText(['Ben Okri'])
  await ana.composer.press('Enter')
  await expect(ana.composer).toHaveValue('hi @Ben\u00a0Okri ')
  await expect(offers).toBeHidden()
  await ana.composer.pressSequentially(':fir')
  await expect(offers.getByRole('option', { selected: true })).toHaveText('🔥 fire')
  await offers.getByRole('option').first().click()
  await expect(ana.composer).toHaveValue('hi @Ben\u00a0Okri 🔥 ')
  await expect(ana.composer).toBeFocused()
  await ana.page.getByRole('button', { name: 'Emoji', exact: true }).click()
  await ana.page.getByRole('dialog', { name: 'Emoji' }).getByRole('button', { name: '🎉' }).click()
  await expect(ana.composer).toHaveValue('hi @Ben\u00a0Okri 🔥 🎉')
  await expect(ana.composer).toBeFocused()
  await ana.composer.pressSequentially(' :thumbs')
  await ana.composer.press('ArrowDown')
  await expect(offers.getByRole('option', { selected: true })).toHaveText('👎 thumbsdown')
  await ana.composer.press('Escape')
  await expect(offers).toBeHidden()
  await ana.composer.press('Enter')
  await ana.reads('hi @Ben\u00a0Okri 🔥 🎉 :thumbs')
  await expect(ana.messages.locator('.mention')).toHaveText('@Ben\u00a0Okri')
})

test('without a service worker the page notifies of a mention once in the background, and closes it when it is read', async ({
  visit,
}) => {
  const ana = await (await visit({ permissions: ['notifications'], serviceWorkers: 'block' })).joins('ana')
  await ana.page.evaluate(() => {
    const told: string[] = []
    class Told {
      static permission = 'granted'
      readonly tag: string
      constructor(title: string, { body, tag }: { body: string; tag: string }) {
        this.tag = tag
        told.push(`${title}: ${body}`)
      }
      close() {
        told.push(`closed ${this.tag}`)
      }
    }
    Object.assign(window, { Notification: Told, told })
  })
  const told = () => ana.page.evaluate(() => (window as unknown as { told: string[] }).told)
  await ana.makesRoom('art')
  const ben = await (await visit()).joins('ben')
  await ben.says('@ana are you there?')
  await ben.says('nothing for you')
  await expect.poll(told).toEqual(['ben in #lobby: @ana are you there?'])
  await ben.makesRoom('art')
  await ben.says('@ana here in view')
  await ana.reads('@ana here in view')
  await ana.goesTo('lobby')
  await ana.reads('@ana are you there?', 'nothing for you')
  expect(await told()).toEqual(['ben in #lobby: @ana are you there?', 'closed lobby/1'])
})

test('a room has the chosen notification level, also after a reload', async ({ visit }) => {
  const ana = await (await visit({ permissions: ['notifications'], serviceWorkers: 'block' })).joins('ana')
  await ana.page.addInitScript(() => {
    const told: string[] = []
    class Told {
      static permission = 'granted'
      constructor(title: string, { body }: { body: string }) {
        told.push(`${title}: ${body}`)
      }
      close() {}
    }
    Object.assign(window, { Notification: Told, told })
    Object.assign(navigator, { setAppBadge: (count: number) => Promise.resolve(told.push(`badge ${count}`)) })
  })
  const told = () => ana.page.evaluate(() => (window as unknown as { told: string[] }).told)
  const ben = await (await visit()).joins('ben')
  await ana.page.getByRole('button', { name: 'Notifications: mentions' }).click()
  await ana.makesRoom('art')
  await ana.page.getByRole('button', { name: 'Notifications: mentions' }).click()
  await ana.page.getByRole('button', { name: 'Notifications: all messages' }).click()
  await ana.makesRoom('zoo')
  await ana.reload()
  await ben.says('for **all**')
  await ben.makesRoom('art')
  await ben.says('@ana never mind')
  await ben.makesRoom('zoo')
  await ben.says('seen')
  await ana.reads('seen')
  await expect(ana.room('art')).toHaveAccessibleName(/1/)
  // The badge and the notification appear together, in either order.
  await expect.poll(async () => (await told()).sort()).toEqual(['badge 0', 'badge 1', 'ben in #lobby: for all'])
  await ana.goesTo('art')
  await ana.page.getByRole('button', { name: 'Notifications: none' }).click()
  await expect(ana.page.getByRole('button', { name: 'Notifications: mentions' })).toBeVisible()
})

test('names with spaces and punctuation are completed, rendered as mentions, and highlight the message for the person', async ({
  network,
  visit,
}) => {
  const ana = await (await visit({ address: network.address })).joins('ana')
  const people = ['Mary Ann', "O'Neil", 'Dr. Who', 'C#', 'Jo (home)', 'R&D']
  const rooms = []
  for (const name of people) rooms.push(await (await visit()).joins(name))
  await expect(ana.people.getByText('R&D')).toBeVisible()
  const offers = ana.page.getByRole('listbox', { name: 'Completions' })
  await ana.composer.pressSequentially('@Mary A')
  await expect(offers.getByRole('option')).toHaveText(['Mary Ann'])
  await ana.composer.fill('')

  network.disconnect()
  const text = `see ${people.map((name) => `@${name}`).join(', ')}: all of you, @Nobody and \`@C#\``
  await ana.says(text)
  const mentions = ana.messages.locator('.mention')
  const drawn = people.map((name) => `@${name}`)
  await expect(mentions).toHaveText(drawn)
  await expect(ana.messages).toContainText('waiting for the connection')
  network.reconnect()
  await expect(ana.messages).not.toContainText('waiting for the connection')
  await expect(mentions).toHaveText(drawn)
  for (const room of rooms) {
    await expect(room.messages.locator('.mention')).toHaveText(drawn)
    await expect(room.messages.locator('.meant')).toHaveCount(1)
  }
  await expect(ana.messages.locator('.meant')).toHaveCount(0)
  await ana.reload()
  await expect(mentions).toHaveText(drawn)
})

test('a person who left is mentioned by their last name, and stays mentioned after changing it', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const ben = await (await visit()).joins('Ben Okri')
  await ben.says('here')
  await ben.reads('here')
  const { page } = ben
  await page.goto('about:blank')
  await ana.says('@Ben Okri, are you there? And @Ben?')
  await expect(ana.messages.locator('.mention')).toHaveText(['@Ben Okri'])
  await page.goto('/')
  await expect(ben.messages.locator('.meant')).toHaveCount(1)
  await ben.opensMenu('Change your name')
  await ben.page.getByRole('textbox', { name: 'Your new name' }).fill('Benjamin')
  await ben.page.keyboard.press('Enter')
  await expect(ana.people.getByText('Benjamin')).toBeVisible()
  await ben.reload()
  await expect(ben.messages.locator('.meant')).toHaveCount(1)
  // The name refers to the person who holds it now.
  await (await visit()).joins('Ben Okri')
  await ana.says('@Ben Okri, and @benjamin')
  await expect(ana.messages.locator('.mention')).toHaveText(['@Ben Okri', '@Ben Okri', '@benjamin'])
  await expect(ben.messages.locator('.meant')).toHaveCount(2)
})
