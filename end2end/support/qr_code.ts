import type { Locator } from '@playwright/test'
import jsQR from 'jsqr'

// A CommonJS module that declares a default export, and nests it one level deeper.
const decode = (jsQR as unknown as { default: typeof jsQR }).default

/** The text of a QR code on a page, as the camera of another device reads it. */
export async function qrCode(image: Locator) {
  const picture = await image.screenshot()
  // The browser decodes the image.
  const { width, height, pixels } = await image.page().evaluate(async (picture) => {
    const image = await createImageBitmap(new Blob([Uint8Array.from(atob(picture), (c) => c.charCodeAt(0))]))
    const drawn = new OffscreenCanvas(image.width, image.height).getContext('2d')
    if (!drawn) throw new Error('no canvas')
    drawn.drawImage(image, 0, 0)
    const { data } = drawn.getImageData(0, 0, image.width, image.height)
    return { width: image.width, height: image.height, pixels: Array.from(data) }
  }, picture.toString('base64'))
  return decode(Uint8ClampedArray.from(pixels), width, height)?.data
}
