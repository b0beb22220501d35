import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { expect, type Page } from '@playwright/test'

const BOXES = readFileSync(resolve(import.meta.dirname, '../pictures/boxes.woff2')).toString('base64')

/** Maximum ratio of differing pixels: browser versions differ in the antialiasing of corners and shadows. */
const DIFFERENT = 0.002

/**
 * Asserts that the page matches its stored screenshot: sizes, positions and colours. Every character is drawn as a box,
 * because fonts differ between machines, and all people have the same colour, because it depends on a random id.
 */
export async function matchesScreenshot(page: Page, name: string) {
  await page.evaluate(async (boxes) => {
    const font = new FontFace('Boxes', Uint8Array.from(atob(boxes), (byte) => byte.charCodeAt(0)))
    document.fonts.add(await font.load())
    const { style } = document.documentElement
    for (const kind of ['--font', '--mono', '--emoji']) style.setProperty(kind, 'Boxes')
    for (let colour = 0; colour < 8; colour++) style.setProperty(`--u${colour}`, 'var(--accent)')
  }, BOXES)
  // Hide the countdown, and the QR code of a random secret.
  const mask = [page.locator('.banner .next'), page.getByRole('img', { name: 'The link as a QR code' })]
  await expect.soft(page).toHaveScreenshot(`${name}.png`, { maxDiffPixelRatio: DIFFERENT, mask })
  await page.evaluate(() => document.documentElement.removeAttribute('style'))
}
