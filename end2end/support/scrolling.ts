import type { Page } from '@playwright/test'

declare global {
  interface Window {
    scrolling: { frames: Frame[]; shifted: number; stopped: boolean }
  }
}

interface Frame {
  /** How far the log is scrolled from its end. */
  scrolled: number
  /** Where the messages in view begin, by their id. */
  tops: Record<string, number>
}

/** Writes down where the log and its messages are, frame by frame, from now on. */
export async function recordScrolling(page: Page) {
  await page.evaluate(() => {
    const record = { frames: [] as Frame[], shifted: 0, stopped: false }
    window.scrolling = record
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
        if (!entry.hadRecentInput) record.shifted += entry.value
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

/** Waits until nothing has scrolled for half a second, and says what the record shows. */
export async function scrollingRecorded(page: Page) {
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
      /** How far the log has been scrolled up in all. */
      up: frames.at(-1)!.scrolled - frames[0]!.scrolled,
      /** How far it went back at most from one frame to the next, while it was scrolled up. */
      back,
      /** How far a message in view moved at most by anything but the scrolling. */
      moved,
      /** Layout shifts that follow no click or key, as Chromium's Cumulative Layout Shift counts. */
      shifted,
    }
  })
}
