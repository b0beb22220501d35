// Loads the page's code and starts it on the HTML that the server has rendered.
//
// The document calls this function: the server writes a call with the paths of the script and the WASM. The frontend crate exports `hydrate` and
// `mount`; each calls its argument when the page is rendered and interactive.

(async (script, wasm) => {
  const start = async (suffix, entry) => {
    const page = await import(script + suffix)
    await page.default({ module_or_path: wasm + suffix })
    const started = new AbortController()
    try {
      await new Promise((resolve, reject) => {
        // A panic after the call, in an effect of the first render, is reported as an event.
        const failed = (error) => error instanceof WebAssembly.RuntimeError && reject(error)
        addEventListener('error', (event) => failed(event.error), started)
        addEventListener('unhandledrejection', (event) => failed(event.reason), started)
        page[entry](resolve)
      })
    } finally {
      started.abort()
    }
  }
  try {
    await start('', 'hydrate')
  } catch (error) {
    console.error(error)
    try {
      // With another URL the browser makes another instance, with a memory of its own.
      await start('?again', 'mount')
    } catch (error) {
      console.error(error)
      // A copy of the HTML has no listeners, so its forms are sent to the server.
      const app = document.getElementById('app')
      app?.replaceWith(app.cloneNode(true))
    }
  }
})
