import { expect, type Locator, type Page, type WebSocket } from '@playwright/test'

/** Page object of a room, which finds elements by accessible roles and names. */
export class Room {
  readonly page: Page
  readonly messages: Locator
  readonly people: Locator
  readonly rooms: Locator
  readonly nameBox: Locator
  readonly joinButton: Locator
  readonly composer: Locator
  readonly sendButton: Locator
  readonly jumpToLatest: Locator
  readonly unreadDivider: Locator
  readonly retryNow: Locator
  readonly heading: Locator
  /** The text box of the room finder, and its options. */
  readonly finder: Locator
  readonly choices: Locator
  /** The drafts above the composer, beside the one in it. */
  readonly offeredDrafts: Locator
  /** The client ids of all `post` frames that this page has sent, including repeated ones. */
  readonly posted: string[] = []

  constructor(page: Page) {
    this.page = page
    page.on('dialog', (dialog) => dialog.accept())
    page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        const frame = JSON.parse(payload.toString())
        if (frame.type === 'post') this.posted.push(frame.client_id)
      }),
    )
    this.messages = page.getByRole('log', { name: 'Messages' })
    this.people = page.getByRole('list', { name: 'People' })
    this.rooms = page.getByRole('navigation', { name: 'Rooms' })
    this.nameBox = page.getByRole('textbox', { name: 'Your name' })
    this.joinButton = page.getByRole('button', { name: 'Join' })
    this.composer = page.getByRole('textbox', { name: 'Message', exact: true })
    this.sendButton = page.getByRole('button', { name: 'Send' })
    this.jumpToLatest = page.getByRole('button', { name: /^\d+ new/ })
    this.unreadDivider = page.getByRole('separator', { name: 'New messages' })
    this.heading = page.getByRole('heading', { level: 1 })
    this.finder = page.getByRole('combobox', { name: 'Room name' })
    this.choices = page.getByRole('listbox', { name: 'Rooms' }).getByRole('option')
    this.offeredDrafts = page.getByRole('group', { name: 'Other drafts' })
    this.retryNow = page.getByRole('button', { name: 'Retry now' })
  }

  async open() {
    await this.loadAndHydrate(() => this.page.goto('/'))
  }

  async reload() {
    await this.loadAndHydrate(() => this.page.reload())
  }

  /** Reconnects without delay, unless the page does so by itself at the same moment. */
  async reconnectsNow() {
    await Promise.race([this.retryNow.click().catch(() => {}), this.retryNow.waitFor({ state: 'hidden' })])
  }

  /** Opens a new tab of the same browser, which belongs to the same person. */
  async opensNewTab() {
    const tab = new Room(await this.page.context().newPage())
    await tab.open()
    return tab
  }

  /** Loads the page and waits until it has connected to the server, because buttons do nothing before hydration. */
  async loadAndHydrate(load: () => Promise<unknown>) {
    const talking: WebSocket[] = []
    let wake = () => {}
    const opened = (socket: WebSocket) =>
      socket.once('framereceived', () => {
        talking.push(socket)
        wake()
      })
    this.page.on('websocket', opened)
    await load()
    // The previous document may have connected at the last moment; its WebSocket is closed by now.
    while (talking.every((socket) => socket.isClosed())) await new Promise<void>((resolve) => (wake = resolve))
    this.page.off('websocket', opened)
  }

  async asksForName(name: string) {
    await this.nameBox.fill(name)
    await this.joinButton.click()
  }

  async joins(name: string) {
    await this.asksForName(name)
    await expect(this.composer).toBeVisible()
    return this
  }

  async says(text: string, button: 'Send' | 'Save' = 'Send') {
    await this.composer.fill(text)
    await this.page.getByRole('button', { name: button, exact: true }).click()
    await expect(this.composer).toHaveValue('')
  }

  /** Creates a room, or opens it if it exists. */
  async makesRoom(name: string) {
    const room = `#${name.toLowerCase().replace(' ', '-')}`
    await this.opensFinder()
    await this.finder.fill(name)
    // The option may change from "Create" to the existing room when the list of rooms arrives.
    await this.choices.filter({ has: this.page.getByText(new RegExp(`^(Create )?${room}$`)) }).click()
    await expect(this.heading).toHaveText(room)
  }

  /** Creates a room with the page for that, and waits until it is shown. Returns the id of a private room. */
  async createsRoom(name: string, kind: 'Open' | 'Unlisted' | 'Private' = 'Private') {
    await this.opensFinder()
    await this.page.getByRole('link', { name: 'New room with settings' }).click()
    await this.page.getByRole('textbox', { name: 'Name', exact: true }).fill(name)
    await this.page.getByRole('radio', { name: new RegExp(`^${kind}`) }).check()
    await this.loadAndHydrate(() => this.page.getByRole('button', { name: 'Create', exact: true }).click())
    await expect(this.heading).toHaveText(kind === 'Private' ? name : `#${name}`)
    return /\/p\/([0-9a-f]{32})$/.exec(this.page.url())?.[1] ?? ''
  }

  /** Opens the room finder with its button. */
  async opensFinder() {
    await this.page.getByRole('button', { name: 'New room' }).click()
    await expect(this.finder).toBeFocused()
  }

  /** Like `makesRoom`, if the rooms are in a drawer. */
  async makesRoomFromDrawer(name: string) {
    await this.showsPane('Rooms')
    await this.makesRoom(name)
  }

  /** The link to a room in the list of rooms. */
  room(name: string) {
    return this.rooms.getByRole('link', { name: new RegExp(`^#? ?${name}( |$)`) })
  }

  /** Shows a private room with its link in the list of rooms. */
  async goesToPrivate(title: string) {
    await this.room(title).click()
    await expect(this.heading).toHaveText(title)
  }

  async goesTo(name: string) {
    await this.room(name).click()
    await expect(this.heading).toHaveText(`#${name}`)
  }

  async opensSearch() {
    await this.page.getByRole('button', { name: 'Search', exact: true }).click()
    const box = this.page.getByRole('searchbox', { name: 'Search messages' })
    await expect(box).toBeFocused()
    return box
  }

  /** Chooses an option of the account menu. */
  async opensMenu(option: string) {
    await this.rooms.getByRole('button', { name: 'You' }).click()
    await this.rooms.getByRole('button', { name: option }).click()
  }

  message(text: string) {
    return this.messages.getByText(text, { exact: true })
  }

  /** The element of a message, with its author, time and buttons. */
  article(text: string) {
    return this.messages.getByRole('article').filter({ has: this.page.getByText(text, { exact: true }) })
  }

  /** Clicks an action button of a message. */
  async usesAction(text: string, what: 'React' | 'Reply' | 'Edit' | 'Delete' | 'Copy link' | 'Mark unread') {
    const message = this.article(text)
    await message.focus()
    await message.getByRole('button', { name: what, exact: true }).click()
  }

  async reacts(text: string, emoji: string) {
    await this.usesAction(text, 'React')
    await this.page.getByRole('dialog', { name: 'Reactions' }).getByRole('button', { name: emoji }).click()
  }

  /** Waits until these messages are in the log, each once and in this order; others may be between them. */
  async reads(...texts: string[]) {
    await expect.poll(() => this.visibleTexts(texts)).toEqual(texts)
  }

  /** Those of the texts that are in the log, in their order there and as often as they occur. */
  async visibleTexts(texts: string[]) {
    const lines = (await this.messages.innerText()).split('\n').map((line) => line.trim())
    return lines.filter((line) => texts.includes(line))
  }

  /** Makes a side pane visible. On a narrow screen this opens its drawer. */
  async showsPane(side: 'People' | 'Rooms') {
    const wanted = side === 'People' ? this.people : this.rooms
    // A pane that is closing is still visible.
    await expect(async () => {
      if (!(await wanted.isVisible())) await this.page.getByRole('button', { name: new RegExp(side, 'i') }).first().click()
      await expect(wanted).toBeInViewport({ timeout: 1_000 })
    }).toPass()
  }

  /** Waits until the service worker is ready and has cached the offline page. */
  async opensOffline() {
    await this.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}))
    await expect.poll(() => this.page.evaluate(async () => !!(await caches.match('/offline')))).toBe(true)
  }

  /** Waits until IndexedDB has messages of a room that contain these texts. */
  async hasStored(room: string, ...texts: string[]) {
    const missing = async () => {
      const kept = await this.storedMessages(room)
      return texts.filter((text) => !kept.some((message) => message.includes(text)))
    }
    await expect.poll(missing).toEqual([])
  }

  /** The messages of a room in IndexedDB, oldest first, in their stored form. */
  async storedMessages(room: string) {
    return this.page.evaluate(async (room) => {
      const done = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result)
          request.onerror = () => reject(request.error)
        })
      const database = await done(indexedDB.open('parlor', 1))
      const messages = database.transaction('messages').objectStore('messages')
      const kept = await done<string[]>(messages.getAll(IDBKeyRange.bound([room, 0], [room, Infinity])))
      database.close()
      return kept
    }, room)
  }

  /** Waits until neither IndexedDB nor Web Storage has any of these texts, such as the id of a room. */
  async hasErased(...texts: string[]) {
    const kept = async () => {
      const stored = await this.page.evaluate(async () => {
        const done = <T>(request: IDBRequest<T>) =>
          new Promise<T>((resolve, reject) => {
            request.onsuccess = () => resolve(request.result)
            request.onerror = () => reject(request.error)
          })
        const database = await done(indexedDB.open('parlor', 1))
        const stores = [...database.objectStoreNames]
        // The browser may have deleted the database: then this is a new one without stores.
        if (stores.length === 0) return database.close(), ''
        const reading = database.transaction(stores)
        const read = (store: IDBObjectStore) => Promise.all([done(store.getAllKeys()), done<unknown[]>(store.getAll())])
        const databases = await Promise.all(stores.map((name) => read(reading.objectStore(name))))
        database.close()
        return JSON.stringify([databases, Object.entries(localStorage), Object.entries(sessionStorage)])
      })
      return texts.filter((text) => stored.includes(text))
    }
    await expect.poll(kept).toEqual([])
  }

  async scrollsSideways() {
    return this.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
  }
}
