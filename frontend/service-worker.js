// The service worker: opens the page without a network, and shows notifications and handles their clicks.
//
// The server puts three lines before this: BUILD, the id of the build and the language; OFFLINE_DOCUMENT, the path of the
// document that is cached, or null if nothing is; FILES, the paths that this document needs. Another build has another
// text, so the browser installs it as another worker, with a cache of its own.

// Longest time that a navigation waits for the network, in milliseconds. In a tunnel requests fail late or never.
const NETWORK_TIMEOUT_MS = 6_000

// Longest time that a navigation waits until the copy of a room is erased, in milliseconds.
const ERASE_TIMEOUT_MS = 2_000

self.addEventListener('install', (event) => {
  // Pages of the previous build have loaded everything that they need, so this worker need not wait for them.
  self.skipWaiting()
  event.waitUntil(cacheFiles())
})

self.addEventListener('activate', (event) => {
  event.waitUntil(deleteOtherCaches().catch(() => {}).then(() => self.clients.claim()))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(showMessage(event.notification.data))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const address = new URL(request.url)
  if (request.method !== 'GET' || address.origin !== location.origin) return
  if (request.mode === 'navigate') event.respondWith(page(request))
  else if (FILES.includes(address.pathname)) event.respondWith(file(request))
})

/** If the browser denies a cache, or the disk is full, the worker still shows notifications. */
async function cacheFiles() {
  if (!OFFLINE_DOCUMENT) return
  try {
    const cache = await caches.open(BUILD)
    await cache.addAll([OFFLINE_DOCUMENT, ...FILES])
  } catch (error) {
    // After a failed download the browser installs the worker again with the next page.
    if (!['SecurityError', 'QuotaExceededError'].includes(error.name)) throw error
  }
}

/** Shows the message with this path in the page that was used last, or in a new one. */
async function showMessage(path) {
  const pages = await clients.matchAll({ type: 'window', includeUncontrolled: true })
  // Settings, the list of rooms and other pages of the server have no script that could show a message.
  const page = pages.find(({ url }) => /^\/([rp]\/[^/]+(\/\d*)?)?$/.test(new URL(url).pathname))
  if (!page) return clients.openWindow(path)
  page.postMessage(path)
  return page.focus()
}

async function deleteOtherCaches() {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name !== BUILD).map((name) => caches.delete(name)))
}

/** Responds from the network. If that fails, or a proxy answers that the server is unreachable: the offline document. */
async function page(request) {
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), NETWORK_TIMEOUT_MS)
  let response
  try {
    response = await fetch(request, { signal: timeout.signal })
    if ([404, 410].includes(response.status)) await eraseCopy(new URL(request.url).pathname)
    if (![502, 503, 504].includes(response.status)) return response
  } catch {
    // No network, or one that is too slow.
  } finally {
    clearTimeout(timer)
  }
  return (await cached(OFFLINE_DOCUMENT)) ?? response ?? Response.error()
}

/**
 * Erases the stored copy of a room that does not exist for this reader any more: the server's page about that has no
 * script. The stores and keys are those of `frontend/src/replicas.rs`.
 */
async function eraseCopy(path) {
  const [, kind, name] = /^\/([rp])\/([^/]+)/.exec(path) ?? []
  if (!kind) return
  const room = kind === 'p' ? `~${name}` : decodeURIComponent(name)
  const erased = new Promise((resolve) => {
    const opening = indexedDB.open('parlor', 1)
    // There is no database: it is not created either.
    opening.onupgradeneeded = () => opening.transaction.abort()
    opening.onerror = resolve
    opening.onsuccess = () => {
      const database = opening.result
      const writing = database.transaction(['heads', 'messages'], 'readwrite')
      writing.objectStore('heads').delete(room)
      writing.objectStore('messages').delete(IDBKeyRange.bound([room, 0], [room, '']))
      writing.oncomplete = writing.onabort = () => resolve(database.close())
    }
  })
  await Promise.race([erased.catch(() => {}), new Promise((resolve) => setTimeout(resolve, ERASE_TIMEOUT_MS))])
}

/** Responds from the cache first: a file's path has a hash of its content, or the file may be a day old. */
async function file(request) {
  return (await cached(request)) ?? fetch(request)
}

async function cached(request) {
  try {
    return await (await caches.open(BUILD)).match(request)
  } catch {
    // The cache is denied or damaged; the network has everything, too.
  }
}
