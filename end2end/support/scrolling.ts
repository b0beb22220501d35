import type { Page } from '@playwright/test'

declare global {
  interface Window {
    scrolling: { frames: Frame[]; shifted: number; stopped: boolean }
  }
}

interface Frame {
  /** The distance of the scroll position from the end of the log, in pixels. */
  scrolled: number
  /** The top edges of the messages in view, by element id. */
  tops: Record<string, number>
}

/** An entry of the Layout Instability API, which TypeScript does not declare. */
interface LayoutShift extends PerformanceEntry {
  value: number
  hadRecentInput: boolean
  sources: { previousRect: DOMRectReadOnly }[]
}

/** Starts recording the positions of the log and its messages in each animation frame. */
export async function startScrollRecording(page: Page) {
  await page.evaluate(() => {
    const record = { frames: [] as Frame[], shifted: 0, stopped: false }
    window.scrolling = record
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as LayoutShift[]) {
        // While a finger scrolls, Chromium also counts messages that come into view between two frames of the page.
        const wasInView = entry.sources.some(({ previousRect }) => previousRect.width > 0)
        if (!entry.hadRecentInput && wasInView) record.shifted += entry.value
      }
    }).observe({ type: 'layout-shift' })
    const log = document.querySelector('.log')!
    const look = () => {
      const { top, bottom } = log.getBoundingClientRect()
      const tops: Record<string, number> = {}
      for (const message of log.querySelectorAll('article')) {
        const place = message.getBoundingClientRect()
        if (place.bottom > top && place.top < bottom) tops[message.id] = place.top
      }
      record.frames.push({ scrolled: -log.scrollTop, tops })
      if (!record.stopped) requestAnimationFrame(look)
    }
    look()
  })
}

/** Waits until nothing has scrolled for half a second, then stops recording and evaluates it. */
export async function finishScrollRecording(page: Page) {
  await page.waitForFunction(() => {
    const last = window.scrolling.frames.slice(-30)
    return last.length === 30 && last.every(({ scrolled }) => scrolled === last[0]!.scrolled)
  })
  return page.evaluate(() => {
    const { frames, shifted } = window.scrolling
    window.scrolling.stopped = true
    let [moved, back] = [0, 0]
    for (const [index, frame] of frames.entries()) {
      const before = frames[index - 1]
      if (!before) continue
      const way = frame.scrolled - before.scrolled
      back = Math.max(back, -way)
      for (const [id, top] of Object.entries(frame.tops)) {
        const was = before.tops[id]
        if (was !== undefined) moved = Math.max(moved, Math.abs(top - was - way))
      }
    }
    return {
      /** The total distance by which the log was scrolled up. */
      up: frames.at(-1)!.scrolled - frames[0]!.scrolled,
      /** The largest distance from one frame to the next in the other direction. */
      back,
      /** The largest distance by which a message in view moved other than by scrolling. */
      moved,
      /** Chromium's Cumulative Layout Shift, which excludes shifts after clicks and keys. */
      shifted,
    }
  })
}
