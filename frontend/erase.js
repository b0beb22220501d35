// Deletes what this browser stores of the server, for somebody whose access to it has ended: the copies of rooms, drafts,
// unsent messages and settings. The server's page about that has no other script. The stores are those of
// `frontend/src/replicas.rs` and `frontend/src/item_store.rs`.
//
// Not by `Clear-Site-Data`: with it Chromium 156 waits for the service worker, which waits for the response.

localStorage.clear()
sessionStorage.clear()
const opening = indexedDB.open('parlor')
// There is no database: it is not created either.
opening.onupgradeneeded = () => opening.transaction.abort()
opening.onsuccess = () => {
  const database = opening.result
  const names = [...database.objectStoreNames]
  const writing = database.transaction(names, 'readwrite')
  for (const name of names) writing.objectStore(name).clear()
  writing.oncomplete = writing.onabort = () => database.close()
}
