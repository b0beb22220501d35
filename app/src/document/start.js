// Loads the page's code and starts it on what the server has drawn.
//
// The server calls this with the paths of the script and the WASM. `hydrate` and `mount` are exported by the frontend
// crate; each calls its argument once the page has been drawn and everything on it works.

(async (script, wasm) => {
  const start = async (suffix, entry) => {
    const page = await import(script + suffix)
    await page.default({ module_or_path: wasm + suffix })
    const over = new AbortController()
    try {
      await new Promise((resolve, reject) => {
        // A panic outside of the call itself, in an effect of the first drawing.
        const failed = (error) => error instanceof WebAssembly.RuntimeError && reject(error)
        addEventListener('error', (event) => failed(event.error), over)
        addEventListener('unhandledrejection', (event) => failed(event.reason), over)
        page[entry](resolve)
      })
    } finally {
      over.abort()
    }
  }
  try {
    await start('', 'hydrate')
  } catch (error) {
    console.error(error)
    try {
      // Another address: another copy of the files, and another instance with a memory of its own.
      await start('?again', 'mount')
    } catch (error) {
      console.error(error)
      // A copy has no listeners: its forms go to the server.
      const drawn = document.getElementById('app')
      drawn?.replaceWith(drawn.cloneNode(true))
    }
  }
})
