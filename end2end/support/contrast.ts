import type { Page } from '@playwright/test'

// WCAG 2.2, 1.4.3.
const LEAST = 4.5

/**
 * The texts on the page whose contrast with their ground is too small, whether they are there for everyone or for who
 * looks only. Axe leaves out what is hidden from screen readers, such as initials in a circle.
 */
export async function faintTexts(page: Page) {
  return page.evaluate((least) => {
    type Colour = [number, number, number, number]
    // Whatever a colour is written as, a canvas knows it.
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!
    const colour = (written: string): Colour => {
      canvas.clearRect(0, 0, 1, 1)
      canvas.fillStyle = written
      canvas.fillRect(0, 0, 1, 1)
      const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data
      return [red, green, blue, alpha / 255]
    }
    const over = ([r, g, b, a]: Colour, [R, G, B]: Colour): Colour => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1]
    const luminance = (parts: Colour) => {
      const [r = 0, g = 0, b = 0] = parts.slice(0, 3).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const faint: string[] = []
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const owner = node.parentElement
      // An emoji has colours of its own.
      if (!owner || !/[\p{L}\p{N}]/u.test(node.textContent ?? '') || !owner.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue
      if (owner.closest('.unseen, script, style, noscript')) continue
      const path: Element[] = []
      for (let at: Element | null = owner; at; at = at.parentElement) path.unshift(at)
      let ground: Colour = [255, 255, 255, 1]
      for (const element of path) ground = over(colour(getComputedStyle(element).backgroundColor), ground)
      const [red, green, blue, alpha] = colour(getComputedStyle(owner).color)
      const shown = path.reduce((opacity, element) => opacity * Number(getComputedStyle(element).opacity), alpha)
      const [one, other] = [luminance(over([red, green, blue, shown], ground)), luminance(ground)]
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
      if (contrast < least) faint.push(`${owner.className || owner.tagName} "${node.textContent}": ${contrast.toFixed(2)}`)
    }
    return [...new Set(faint)]
  }, LEAST)
}
