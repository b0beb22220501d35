import { expect, type Page } from '@playwright/test'

import type { Room } from './room.ts'

/** Page object of a room's settings. They are opened in another tab, so that the room stays open. */
export class RoomSettings {
  private constructor(readonly page: Page) {}

  /** Opens the settings of the shown room. */
  static async of(room: Room) {
    const opened = room.page.context().waitForEvent('page')
    await room.page.getByRole('link', { name: 'Room settings' }).click({ modifiers: ['ControlOrMeta'] })
    const page = await opened
    await expect(page.getByRole('heading', { level: 1, name: 'Room settings' })).toBeVisible()
    return new RoomSettings(page)
  }

  /** The entry of a person in the list of members or owners. */
  member(name: string) {
    return this.page.getByRole('listitem').filter({ has: this.page.getByText(name, { exact: true }) })
  }

  /** Adds a person by name. */
  async adds(name: string) {
    await this.page.getByPlaceholder('Name of the person').fill(name)
    await this.page.getByRole('button', { name: 'Add', exact: true }).click()
    await expect(this.member(name)).toBeVisible()
  }

  async removes(name: string) {
    await this.page.getByRole('button', { name: `Remove: ${name}` }).click()
    await expect(this.member(name)).toHaveCount(0)
  }

  /** Makes an invitation, and returns its link. */
  async invites(uses = '1', days = '7 days') {
    await this.page.getByLabel('Valid for').selectOption(days)
    await this.page.getByLabel('Number of people').selectOption(uses)
    await this.page.getByRole('button', { name: 'Make an invitation' }).click()
    const link = await this.page.getByRole('link', { name: /\/invite\// }).getAttribute('href')
    await this.page.getByRole('link', { name: 'Back to the settings' }).click()
    return link ?? ''
  }

  /** Makes an open room private, for the people who are chosen. Returns the id of the private room. */
  async makesPrivate() {
    await this.page.getByRole('button', { name: 'Make the room private' }).click()
    await expect(this.page).toHaveURL(/\/p\/[0-9a-f]{32}\/settings(\?saved)?$/)
    return /\/p\/([0-9a-f]{32})/.exec(this.page.url())?.[1] ?? ''
  }

  /** Deletes the room, and waits until the browser has left it. */
  async deletes() {
    await this.page.getByRole('checkbox', { name: 'Yes, erase everything' }).check()
    await this.page.getByRole('button', { name: 'Delete the room' }).click()
    await expect(this.page).toHaveURL(/:\d+\/$/)
  }

  async close() {
    await this.page.close()
  }
}
