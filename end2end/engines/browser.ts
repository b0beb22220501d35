import { expect } from '@playwright/test'

import type { Protocol } from './protocol.ts'

/** Keys that WebDriver names by private characters: https://www.w3.org/TR/webdriver2/#keyboard-actions */
export const Key = {
  Backspace: '\uE003',
  Tab: '\uE004',
  Enter: '\uE007',
  Shift: '\uE008',
  Control: '\uE009',
  Escape: '\uE00C',
  PageUp: '\uE00E',
  ArrowUp: '\uE013',
} as const

/** What is looked for: elements of a selector that can be seen, by their accessible name where one is given. */
export interface Target {
  css: string
  name?: string
}

/** A browser that somebody uses: they look, click, type and turn the wheel. */
export class Browser {
  readonly protocol: Protocol
  /** How often a wheel was turned. */
  private turned = 0

  constructor(protocol: Protocol) {
    this.protocol = protocol
  }

  /** Runs a function in the page. Its arguments and its result travel as JSON. */
  async run<A extends unknown[], T>(act: (...args: A) => T, ...args: A): Promise<Awaited<T>> {
    const declaration = `async (args) => JSON.stringify((await (${act})(...JSON.parse(args))) ?? null)`
    return JSON.parse(await this.protocol.call(declaration, JSON.stringify(args)))
  }

  /** The texts of all that is found. */
  texts(css: string): Promise<string[]> {
    return this.run((css) => Array.from(document.querySelectorAll<HTMLElement>(css), (found) => found.innerText.trim()), css)
  }

  /** How many are found and can be seen, and where the middle of the last of them is. */
  private find(target: Target) {
    return this.run(({ css, name }) => {
      const nameOf = (found: Element) => found.getAttribute('aria-label') ?? found.textContent!.trim()
      const seen = Array.from(document.querySelectorAll(css)).filter((found) => {
        return found.checkVisibility({ visibilityProperty: true }) && (name === undefined || nameOf(found) === name)
      })
      const last = seen.at(-1)
      last?.scrollIntoView({ block: 'nearest', behavior: 'instant' })
      const { left = 0, top = 0, width = 0, height = 0 } = last?.getBoundingClientRect() ?? {}
      return { count: seen.length, x: Math.floor(left + width / 2), y: Math.floor(top + height / 2) }
    }, target)
  }

  /** Waits until it can be seen, so often. */
  async sees(target: Target, times = 1) {
    await expect.poll(async () => (await this.find(target)).count, { message: JSON.stringify(target) }).toBe(times)
  }

  async hovers(target: Target) {
    await expect.poll(async () => (await this.find(target)).count, { message: JSON.stringify(target) }).toBeGreaterThan(0)
    const { x, y } = await this.find(target)
    await this.pointer([{ type: 'pointerMove', x, y, duration: 0 }])
  }

  /** Clicks on the last one of what is found. */
  async clicks(target: Target) {
    await this.hovers(target)
    await this.pointer([{ type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }])
  }

  private pointer(actions: object[]) {
    return this.protocol.perform([{ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions }])
  }

  /** Types into whatever has the focus. Shift and Control are held from where they stand to the end. */
  async types(text: string) {
    const held: string[] = []
    const actions = Array.from(text).flatMap((value) => {
      if (value !== Key.Shift && value !== Key.Control) return [{ type: 'keyDown', value }, { type: 'keyUp', value }]
      held.push(value)
      return [{ type: 'keyDown', value }]
    })
    actions.push(...held.map((value) => ({ type: 'keyUp', value })))
    await this.protocol.perform([{ type: 'key', id: 'keyboard', actions }])
  }

  /** Turns the wheel once over the middle of what is found. */
  async turns(target: Target, deltaY: number) {
    const { x, y } = await this.find(target)
    // WebKit's driver sends by how much a wheel's delta differs from that of its last turn: so each is a wheel of its own.
    const id = `wheel ${++this.turned}`
    await this.protocol.perform([{ type: 'wheel', id, actions: [{ type: 'scroll', x, y, deltaX: 0, deltaY, duration: 0 }] }])
  }
}
