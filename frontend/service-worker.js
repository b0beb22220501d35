// What makes the page open where there is no network: the browser runs it beside the page and asks it for every file.
// Notifications are shown through it, and their clicks come here.
//
// The server puts three lines before this: BUILD, which names the build and the language; SHELL, the address of the page
// without a room, or null where nothing is to be kept; FILES, what that page needs. Another build is another text, and so
// another worker, which takes over with a store of its own.

// How long a page may take to answer before its reader gets what is kept, in milliseconds: in a tunnel nothing says no.
const PATIENCE_MS = 6_000

self.addEventListener('install', (event) => {
  // Pages of the build before have loaded all that they need: nothing keeps this one waiting.
  self.skipWaiting()
  event.waitUntil(keepFiles())
})

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOthers().catch(() => {}).then(() => self.clients.claim()))
})

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(visit(event.notification.data))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const address = new URL(request.url)
  if (request.method !== 'GET' || address.origin !== location.origin) return
  if (request.mode === 'navigate') event.respondWith(page(request))
  else if (FILES.includes(address.pathname)) event.respondWith(file(request))
})

/** Where nothing may be kept, or the disk is full, the worker still shows notifications. */
async function keepFiles() {
  if (!SHELL) return
  try {
    const store = await caches.open(BUILD)
    await store.addAll([SHELL, ...FILES])
  } catch (error) {
    // A file that did not come makes the browser try again with the next page.
    if (!['SecurityError', 'QuotaExceededError'].includes(error.name)) throw error
  }
}

/** Goes to a message by its path, in the open page that was used last, or in a new one. */
async function visit(path) {
  const pages = await clients.matchAll({ type: 'window', includeUncontrolled: true })
  // Settings, the list of rooms and other pages of the server have no script that could go there.
  const page = pages.find(({ url }) => /^\/(r\/.*)?$/.test(new URL(url).pathname))
  if (!page) return clients.openWindow(path)
  page.postMessage(path)
  return page.focus()
}

async function forgetOthers() {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name !== BUILD).map((name) => caches.delete(name)))
}

/** What the network has. Only where that does not answer, or a proxy in its place says that it can't, what is kept. */
async function page(request) {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), PATIENCE_MS)
  let answer
  try {
    answer = await fetch(request, { signal: late.signal })
    if (![502, 503, 504].includes(answer.status)) return answer
  } catch {
    // There is no network, or none to speak of.
  } finally {
    clearTimeout(timer)
  }
  return (await kept(SHELL)) ?? answer ?? Response.error()
}

/** Its address changes with its content, or it may be a day old: what is kept is as good as any. */
async function file(request) {
  return (await kept(request)) ?? fetch(request)
}

async function kept(request) {
  try {
    return await (await caches.open(BUILD)).match(request)
  } catch {
    // The store is denied or damaged: the network has everything, too.
  }
}
