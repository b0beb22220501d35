import { expect } from '@playwright/test'

import { Browser, Key } from './browser.ts'
import type { Protocol } from './protocol.ts'

const COMPOSER = { css: 'textarea' }

/** A user of the page of a room. */
export class Visitor extends Browser {
  private readonly address: string

  constructor(protocol: Protocol, address: string) {
    super(protocol)
    this.address = address
  }

  async opens(path = '/') {
    await this.loadAndHydrate(() => this.protocol.goto(this.at(path)))
  }

  /** The URL of a path on the server. */
  at(path: string) {
    return this.address + path
  }

  async reloads() {
    await this.loadAndHydrate(() => this.protocol.reload())
  }

  /** Loads the page and waits until its script runs: the first thing that it does is to set a cookie. */
  async loadAndHydrate(load: () => Promise<unknown>) {
    await this.run(() => void (document.cookie = 'parlor_half_days=; path=/; max-age=0')).catch(() => {})
    await load()
    await expect.poll(() => this.run(() => document.cookie.includes('parlor_half_days'))).toBe(true)
  }

  async joins(name: string) {
    await this.clicks({ css: 'input[name=name]' })
    await this.types(name + Key.Enter)
    await this.sees(COMPOSER)
    await expect.poll(() => this.focus()).toBe('textarea')
    return this
  }

  /** The local name of the focused element. */
  focus() {
    return this.run(() => document.activeElement?.localName ?? 'none')
  }

  draft() {
    return this.run(() => document.querySelector('textarea')?.value ?? '')
  }

  async writes(text: string) {
    await this.clicks(COMPOSER)
    await this.types(text)
  }

  async says(text: string) {
    await this.writes(text + Key.Enter)
    await expect.poll(() => this.draft()).toBe('')
  }

  async makesRoom(name: string) {
    await this.clicks({ css: 'button[data-do=find-room]' })
    await expect.poll(() => this.focus()).toBe('input')
    await this.types(name)
    await this.clicks({ css: '#room-choices [role=option]', name: `Create #${name}` })
    await expect.poll(() => this.texts('h1')).toEqual([`#${name}`])
  }

  /** Waits until these messages are in the log, each once and in this order; others may be between them. */
  async reads(...wanted: string[]) {
    const standing = async () => (await this.texts('[role=log] .body')).filter((text) => wanted.includes(text))
    await expect.poll(standing).toEqual(wanted)
  }

  /** Clicks an action button of the newest message. */
  async usesAction(what: string) {
    await this.run(() => Array.from(document.querySelectorAll<HTMLElement>('[role=log] article')).at(-1)?.focus())
    await this.clicks({ css: '[role=log] article button', name: what })
  }
}
