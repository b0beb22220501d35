import type { Page } from '@playwright/test'

// WCAG 2.2, 1.4.3.
const MINIMUM_CONTRAST = 4.5

/**
 * The texts on the page whose contrast with their background is too low. This includes texts that are hidden from
 * screen readers, such as initials in avatars, which axe ignores.
 */
export async function lowContrastTexts(page: Page) {
  return page.evaluate((minimum) => {
    type Colour = [number, number, number, number]
    // A canvas parses colours in any syntax.
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!
    const colour = (css: string): Colour => {
      canvas.clearRect(0, 0, 1, 1)
      canvas.fillStyle = css
      canvas.fillRect(0, 0, 1, 1)
      const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data
      return [red, green, blue, alpha / 255]
    }
    const over = ([r, g, b, a]: Colour, [R, G, B]: Colour): Colour => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1]
    const luminance = (parts: Colour) => {
      const [r = 0, g = 0, b = 0] = parts.slice(0, 3).map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4))
      return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const tooLow: string[] = []
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const owner = node.parentElement
      // Emoji have their own colours.
      if (!owner || !/[\p{L}\p{N}]/u.test(node.textContent ?? '') || !owner.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue
      if (owner.closest('.unseen, script, style, noscript')) continue
      const path: Element[] = []
      for (let at: Element | null = owner; at; at = at.parentElement) path.unshift(at)
      let background: Colour = [255, 255, 255, 1]
      for (const element of path) background = over(colour(getComputedStyle(element).backgroundColor), background)
      const [red, green, blue, alpha] = colour(getComputedStyle(owner).color)
      const shown = path.reduce((opacity, element) => opacity * Number(getComputedStyle(element).opacity), alpha)
      const [one, other] = [luminance(over([red, green, blue, shown], background)), luminance(background)]
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
      if (contrast < minimum) tooLow.push(`${owner.className || owner.tagName} "${node.textContent}": ${contrast.toFixed(2)}`)
    }
    return [...new Set(tooLow)]
  }, MINIMUM_CONTRAST)
}
