import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { expect, type Page } from '@playwright/test'

const BOXES = readFileSync(resolve(import.meta.dirname, '../pictures/boxes.woff2')).toString('base64')

/** Of all points, so many may differ: browsers of another version round corners and shades in another way. */
const DIFFERENT = 0.002

/**
 * The page looks as in the picture that is kept of it: sizes, places, colours. Every character is a box, as fonts are
 * another matter on each machine, and everyone has the same colour, as it comes from an id.
 */
export async function looksAsKept(page: Page, name: string) {
  await page.evaluate(async (boxes) => {
    const font = new FontFace('Boxes', Uint8Array.from(atob(boxes), (byte) => byte.charCodeAt(0)))
    document.fonts.add(await font.load())
    const { style } = document.documentElement
    for (const kind of ['--font', '--mono', '--emoji']) style.setProperty(kind, 'Boxes')
    for (let colour = 0; colour < 8; colour++) style.setProperty(`--u${colour}`, 'var(--accent)')
  }, BOXES)
  // What counts down, and what is drawn from a secret.
  const mask = [page.locator('.banner .next'), page.getByRole('img', { name: 'The link as a QR code' })]
  await expect.soft(page).toHaveScreenshot(`${name}.png`, { maxDiffPixelRatio: DIFFERENT, mask })
  await page.evaluate(() => document.documentElement.removeAttribute('style'))
}
