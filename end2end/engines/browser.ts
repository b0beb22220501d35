import { expect } from '@playwright/test'

import type { Protocol } from './protocol.ts'

/** Keys for which WebDriver uses private-use characters: https://www.w3.org/TR/webdriver2/#keyboard-actions */
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

/** Selects visible elements by a CSS selector, and optionally by their accessible name. */
export interface Target {
  css: string
  name?: string
}

/** A browser with the actions of a user: looking, clicking, typing and turning the wheel. */
export class Browser {
  readonly protocol: Protocol
  /** Number of wheel turns so far. */
  private turned = 0

  constructor(protocol: Protocol) {
    this.protocol = protocol
  }

  /** Runs a function in the page. Arguments and result are transferred as JSON. */
  async run<A extends unknown[], T>(act: (...args: A) => T, ...args: A): Promise<Awaited<T>> {
    const declaration = `async (args) => JSON.stringify((await (${act})(...JSON.parse(args))) ?? null)`
    return JSON.parse(await this.protocol.call(declaration, JSON.stringify(args)))
  }

  /** The texts of all elements that match a selector. */
  texts(css: string): Promise<string[]> {
    return this.run((css) => Array.from(document.querySelectorAll<HTMLElement>(css), (found) => found.innerText.trim()), css)
  }

  /** The number of visible matching elements, and the centre of the last of them. */
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

  /** Waits until the number of visible matching elements is `times`. */
  async sees(target: Target, times = 1) {
    await expect.poll(async () => (await this.find(target)).count, { message: JSON.stringify(target) }).toBe(times)
  }

  async hovers(target: Target) {
    await expect.poll(async () => (await this.find(target)).count, { message: JSON.stringify(target) }).toBeGreaterThan(0)
    const { x, y } = await this.find(target)
    await this.pointer([{ type: 'pointerMove', x, y, duration: 0 }])
  }

  /** Clicks the last matching element. */
  async clicks(target: Target) {
    await this.hovers(target)
    await this.pointer([{ type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }])
  }

  private pointer(actions: object[]) {
    return this.protocol.perform([{ type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions }])
  }

  /** Types into the focused element. Shift and Control are held from their position in the text to its end. */
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

  /** Turns the wheel once over the centre of the last matching element. */
  async turns(target: Target, deltaY: number) {
    const { x, y } = await this.find(target)
    // WebKit's driver sends the difference from the wheel's last delta, so each turn uses a new wheel.
    const id = `wheel ${++this.turned}`
    await this.protocol.perform([{ type: 'wheel', id, actions: [{ type: 'scroll', x, y, deltaX: 0, deltaY, duration: 0 }] }])
  }
}
