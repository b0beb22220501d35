// Renders the icons of the installed app from the two SVG files in style/app.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { chromium } from '@playwright/test'

const folder = resolve(import.meta.dirname, '../style/app')
const executablePath = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim()
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
for (const [drawing, size, name] of [
  ['icon', 192, 'icon-192'],
  ['icon', 512, 'icon-512'],
  ['maskable', 512, 'maskable-512'],
  // iOS rounds the corners itself, and draws transparent pixels black.
  ['maskable', 180, 'touch-180'],
]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } })
  const svg = readFileSync(`${folder}/${drawing}.svg`, 'utf8').replace('<svg', `<svg width="${size}" height="${size}"`)
  await page.setContent(`<body style="margin:0;background:transparent">${svg.replace('<svg', '<svg style="display:block"')}`)
  await page.screenshot({ path: `${folder}/${name}.png`, omitBackground: true })
  await page.close()
}
await browser.close()
