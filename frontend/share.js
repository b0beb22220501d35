// Shows how to share a room: as a dialog over the app, and the buttons of the page for browsers that open it directly.
//
// The app loads this file when somebody shares a room, so that it is no part of a first visit.

/** Shows the page with this address, which the server renders, as a dialog. */
export async function open(address) {
  const link = address.replace(/\/share$/, '')
  const opener = document.activeElement
  try {
    const response = await fetch(address, { headers: { Accept: 'text/html' } })
    if (!response.ok) throw new Error(`status ${response.status}`)
    const page = new DOMParser().parseFromString(await response.text(), 'text/html')
    const heading = page.querySelector('h1')
    const content = page.querySelector('.share')
    await style(content.dataset.style)
    // A second click may have come before the first dialog was there.
    if (document.querySelector('.share-dialog')) return
    const dialog = document.createElement('dialog')
    dialog.className = 'share-dialog'
    heading.id = 'share-heading'
    dialog.setAttribute('aria-labelledby', heading.id)
    const title = document.createElement('h2')
    title.id = heading.id
    title.textContent = heading.textContent
    dialog.append(title, content)
    document.body.append(dialog)
    dialog.addEventListener('close', () => {
      dialog.remove()
      opener?.focus()
    })
    // A click beside the content is one on the dialog itself.
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close())
    activate(content, dialog)
    dialog.showModal()
  } catch {
    // Without a connection the link can be shared all the same.
    prompt('', link)
  }
}

/** Loads a style sheet, once. */
function style(address) {
  if (document.querySelector(`link[href^="${address}"]`)) return undefined
  return new Promise((resolve) => {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: address })
    link.onload = link.onerror = resolve
    document.head.append(link)
  })
}

/** Shows the buttons that this browser supports. */
function activate(content, dialog) {
  const address = content.querySelector('.device-link a').href
  const [copy, send, close] = ['copy', 'send', 'close'].map((name) => content.querySelector(`[data-${name}]`))
  copy.hidden = false
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(address)
      copy.textContent = copy.dataset.done
    } catch {
      // Without TLS there is no clipboard.
      prompt('', address)
    }
  })
  send.hidden = !navigator.share
  // A reader who closes the system's dialog has changed their mind.
  send.addEventListener('click', () => navigator.share({ title: send.dataset.title, url: address }).catch(() => {}))
  close.hidden = !dialog
  close.addEventListener('click', () => dialog.close())
}

const page = document.querySelector('main.document .share')
if (page) activate(page)
