import { expect, type Page } from '@playwright/test'

import type { Room } from '../pages/room.ts'

/** Page object of the pages for owners of the server. They are opened in another tab, so that the room stays open. */
export class ServerSettings {
  private constructor(readonly page: Page) {}

  /** Opens the page "This server". */
  static async of(room: Room) {
    const page = await room.page.context().newPage()
    await page.goto('/server')
    await expect(page.getByRole('heading', { level: 1, name: 'This server' })).toBeVisible()
    return new ServerSettings(page)
  }

  /** Sets who may come in, and whether those who have had a name stay. */
  async admits(admission: 'Open' | 'Guests read' | 'By invitation', { keep = true } = {}) {
    await this.page.getByRole('radio', { name: new RegExp(`^${admission}`) }).check()
    const kept = this.page.getByRole('checkbox', { name: /^People who have had a name here stay/ })
    if (await kept.count()) await kept.setChecked(keep)
    await this.saves()
    await expect(this.page.getByRole('radio', { name: new RegExp(`^${admission}`) })).toBeChecked()
  }

  async saves() {
    await this.page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(this.page.getByText('Saved.')).toBeVisible()
  }

  /** Makes somebody a guest. */
  async takesRoleOf(name: string) {
    await this.page.goto('/server/people')
    const person = this.page.getByRole('listitem').filter({ has: this.page.getByText(name, { exact: true }) })
    await person.getByRole('combobox').selectOption('guest')
    await person.getByRole('button', { name: 'Save' }).click()
    await expect(this.page.getByText('Saved.')).toBeVisible()
  }

  /** Signs somebody out everywhere, after reading what that means. */
  async signsOut(name: string, consequence: string) {
    await this.page.goto('/server/people')
    await this.page.locator('summary').filter({ hasText: 'Sign out everywhere' }).click()
    await expect(this.page.getByText(consequence)).toBeVisible()
    await this.page.getByRole('button', { name: `Sign out everywhere: ${name}` }).click()
    await expect(this.page.getByText('Saved.')).toBeVisible()
  }

  /** Makes an invitation to the server, and returns its link. */
  async invites({ uses = '1', note = '' } = {}) {
    await this.page.getByLabel('For whom').fill(note)
    await this.page.getByLabel('Number of people').selectOption(uses)
    await this.page.getByRole('button', { name: 'Make an invitation' }).click()
    const link = await this.page.getByRole('link', { name: /\/invite\// }).getAttribute('href')
    await expect(this.page.getByRole('img', { name: 'The invitation as a QR code' })).toBeVisible()
    return link ?? ''
  }

  /** Goes back to the page "This server". */
  async returns() {
    await this.page.getByRole('link', { name: 'Back to the settings' }).click()
    await expect(this.page.getByRole('heading', { level: 1, name: 'This server' })).toBeVisible()
  }
}
