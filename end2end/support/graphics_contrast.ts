import type { Page } from '@playwright/test'

// WCAG 2.2, 1.4.11.
const MINIMUM_CONTRAST = 3

/**
 * The icons, initials, badges and swatches in view whose pixels all have too little contrast with each other. Pixels are
 * compared because in forced colours the computed style of an element does not say what is painted.
 */
export async function lowContrastGraphics(page: Page) {
  const picture = (await page.screenshot({ scale: 'css' })).toString('base64')
  return page.evaluate(
    async ([picture, minimum]) => {
      const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0))
      const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
      const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d')!
      canvas.drawImage(image, 0, 0)
      const part = (value: number) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)
      const tooLow: string[] = []
      let seen = 0
      for (const drawing of document.querySelectorAll('[class^="icon-"], .av, .badge, .swatch, .send, .acts button')) {
        const { x, y, width, height } = drawing.getBoundingClientRect()
        const visible = drawing.checkVisibility({ visibilityProperty: true, opacityProperty: true })
        // Skip elements that are covered or outside the viewport.
        const top = document.elementFromPoint(x + width / 2, y + height / 2)
        if (!visible || !top || !(drawing.contains(top) || top.contains(drawing))) continue
        seen++
        const { data } = canvas.getImageData(x, y, width, height)
        let [darkest, lightest] = [1, 0]
        for (let at = 0; at < data.length; at += 4) {
          const luminance = 0.2126 * part(data[at]!) + 0.7152 * part(data[at + 1]!) + 0.0722 * part(data[at + 2]!)
          darkest = Math.min(darkest, luminance)
          lightest = Math.max(lightest, luminance)
        }
        const contrast = (lightest + 0.05) / (darkest + 0.05)
        if (contrast < minimum) tooLow.push(`${drawing.className || drawing.getAttribute('aria-label')}: ${contrast.toFixed(2)}`)
      }
      return seen > 0 ? tooLow : ['no graphics in view']
    },
    [picture, MINIMUM_CONTRAST] as const,
  )
}
