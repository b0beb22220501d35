// Deletes what this browser stores of the server, for somebody whose access to it has ended: the copies of rooms, drafts,
// unsent messages and settings. The server's page about that has no other script. The stores are those of
// `frontend/src/replicas.rs` and `frontend/src/item_store.rs`.
//
// Not by `Clear-Site-Data`: with it Chromium 156 waits for the service worker, which waits for the response.

localStorage.clear()
sessionStorage.clear()
const opening = indexedDB.open('parlor', 1)
// There is no database: it is not created either.
opening.onupgradeneeded = () => opening.transaction.abort()
opening.onsuccess = () => {
  const database = opening.result
  const writing = database.transaction(['heads', 'messages'], 'readwrite')
  writing.objectStore('heads').clear()
  writing.objectStore('messages').clear()
  writing.oncomplete = writing.onabort = () => database.close()
}
