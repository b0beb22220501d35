import type { Room } from '../pages/room.ts'
import { expect, test } from '../support/fixtures.ts'

declare global {
  interface Window {
    /** How many notifications of this document the browser has displayed. */
    displayed: number
  }
}

/** As on Android: only the service worker may show notifications, the page’s constructor throws. */
function constructorThrows() {
  const { showNotification } = ServiceWorkerRegistration.prototype
  window.displayed = 0
  ServiceWorkerRegistration.prototype.showNotification = async function (...options) {
    await showNotification.apply(this, options)
    window.displayed += 1
  }
  class OnlyForWorkers {
    static readonly permission = 'granted'
    constructor() {
      throw new TypeError("Failed to construct 'Notification': Illegal constructor.")
    }
  }
  Object.assign(window, { Notification: OnlyForWorkers })
}

/** The notifications that the browser shows for this origin, whichever page created them. */
const shown = (room: Room) =>
  room.page.evaluate(async () => {
    const { getNotifications } = ServiceWorkerRegistration.prototype
    const notifications = await getNotifications.call(await navigator.serviceWorker.ready)
    return notifications.map(({ title, body }) => `${title}: ${body}`)
  })

/**
 * Waits until the page has displayed this many notifications since it was loaded. Chromium forgets a notification that is
 * listed between its storage and its display, so nothing may list them before.
 */
const displays = (room: Room, count: number) => expect.poll(() => room.page.evaluate(() => window.displayed)).toBe(count)

/** Clicks the only visible notification. Returns what the service worker did with windows. */
async function clicks(room: Room) {
  const [worker] = room.page.context().serviceWorkers()
  return worker!.evaluate(async () => {
    // A synthetic click has no user activation: it may neither open nor focus a window, nor extend the event.
    const scope = self as unknown as ServiceWorkerGlobalScope & { [name: string]: any }
    const did: string[] = []
    scope.Clients.prototype.openWindow = async (path: string) => void did.push(`opened ${path}`)
    scope.WindowClient.prototype.focus = async function (this: { url: string }) {
      did.push(`focused ${new URL(this.url).pathname}`)
    }
    let done: Promise<unknown> | undefined
    scope.ExtendableEvent.prototype.waitUntil = (work: Promise<unknown>) => void (done = work)
    const [notification] = await scope.registration.getNotifications()
    scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }))
    await done
    return did
  })
}

interface ServiceWorkerGlobalScope {
  registration: ServiceWorkerRegistration
  dispatchEvent(event: Event): boolean
}

test('if only a service worker may show notifications, it does: a click opens the message, and reading elsewhere closes it', async ({
  visit,
}) => {
  const ana = await visit({ permissions: ['notifications'], before: constructorThrows })
  await ana.joins('ana')
  await ana.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}))
  await ana.makesRoom('art')
  const ben = await (await visit()).joins('ben')
  await ben.says('@ana are you there?')
  await displays(ana, 1)
  expect(await shown(ana)).toEqual(['ben in #lobby: @ana are you there?'])
  expect(await clicks(ana)).toEqual([expect.stringMatching(/^focused /)])
  await expect(ana.heading).toHaveText('#lobby')
  await expect(ana.message('@ana are you there?')).toBeInViewport()
  expect(await shown(ana)).toEqual([])

  await ana.goesTo('art')
  await ben.says('@ana and now?')
  await displays(ana, 2)
  expect(await shown(ana)).toEqual(['ben in #lobby: @ana and now?'])
  // The page that is open by then is not the one that showed it.
  await ana.reload()
  const phone = await visit({ storageState: await ana.page.context().storageState() })
  await phone.reads('@ana and now?')
  await expect.poll(() => shown(ana)).toEqual([])

  await ben.says('@ana read in another tab')
  await displays(ana, 1)
  expect(await shown(ana)).toEqual(['ben in #lobby: @ana read in another tab'])
  const other = await ana.opensNewTab()
  await other.reads('@ana read in another tab')
  await expect.poll(() => shown(ana)).toEqual([])
  await other.page.close()

  // No page is open that could navigate to the message.
  await phone.page.close()
  await ben.says('@ana hello?')
  await displays(ana, 2)
  expect(await shown(ana)).toEqual(['ben in #lobby: @ana hello?'])
  await ana.page.goto('/settings')
  expect(await clicks(ana)).toEqual([expect.stringMatching(/^opened \/r\/lobby\/\d+$/)])
})

test('without a service worker and a constructor there are no notifications, and everything else works', async ({ visit }) => {
  const ana = await visit({ permissions: ['notifications'], serviceWorkers: 'block', before: constructorThrows })
  await ana.joins('ana')
  await ana.makesRoom('art')
  const ben = await (await visit()).joins('ben')
  await ben.says('@ana are you there?')
  await expect(ana.room('lobby')).toHaveAccessibleName(/1/)
  await ana.goesTo('lobby')
  await ana.reads('@ana are you there?')
})
