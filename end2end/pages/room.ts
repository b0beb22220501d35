import { expect, type Locator, type Page, type WebSocket } from '@playwright/test'

/** The page of a room, as someone sees it who knows roles and names, not the markup. */
export class Room {
  readonly page: Page
  readonly messages: Locator
  readonly people: Locator
  readonly rooms: Locator
  readonly nameBox: Locator
  readonly joinButton: Locator
  readonly composer: Locator
  readonly sendButton: Locator
  readonly pill: Locator
  readonly unreadLine: Locator
  readonly retryNow: Locator
  readonly heading: Locator
  /** The text box of the room finder, and what it offers. */
  readonly finder: Locator
  readonly choices: Locator
  /** The ids of the messages that this page has sent, as often as it sent them. */
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
    this.pill = page.getByRole('button', { name: /^\d+ new/ })
    this.unreadLine = page.getByRole('separator', { name: 'New messages' })
    this.heading = page.getByRole('heading', { level: 1 })
    this.finder = page.getByRole('combobox', { name: 'Room name' })
    this.choices = page.getByRole('listbox', { name: 'Rooms' }).getByRole('option')
    this.retryNow = page.getByRole('button', { name: 'Retry now' })
  }

  async open() {
    await this.comesAlive(() => this.page.goto('/'))
  }

  async reload() {
    await this.comesAlive(() => this.page.reload())
  }

  /** The same person in a new tab. */
  async again() {
    const tab = new Room(await this.page.context().newPage())
    await tab.open()
    return tab
  }

  /** Loads the page and waits until it talks with the server: before that, buttons do nothing yet. */
  async comesAlive(load: () => Promise<unknown>) {
    const talking: WebSocket[] = []
    let wake = () => {}
    const opened = (socket: WebSocket) =>
      socket.once('framereceived', () => {
        talking.push(socket)
        wake()
      })
    this.page.on('websocket', opened)
    await load()
    // The document before it may have come alive in the last moment: its socket is closed by now.
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

  /** Makes a room, or goes to one that is there, by its name. */
  async makesRoom(name: string) {
    const room = `#${name.toLowerCase().replace(' ', '-')}`
    await this.opensFinder()
    await this.finder.fill(name)
    // It may turn from one that would be created into one that is there, when the list of rooms arrives.
    await this.choices.filter({ has: this.page.getByText(new RegExp(`^(Create )?${room}$`)) }).click()
    await expect(this.heading).toHaveText(room)
  }

  /** Opens the room finder by its button. */
  async opensFinder() {
    await this.page.getByRole('button', { name: 'New room' }).click()
    await expect(this.finder).toBeFocused()
  }

  /** The same where the rooms are in a drawer. */
  async makesRoomFromDrawer(name: string) {
    await this.reaches('Rooms')
    await this.makesRoom(name)
  }

  /** A room in the list. */
  room(name: string) {
    return this.rooms.getByRole('link', { name: new RegExp(`^#? ?${name}( |$)`) })
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

  /** Chooses something that one can do as oneself. */
  async opensMenu(option: string) {
    await this.rooms.getByRole('button', { name: 'You' }).click()
    await this.rooms.getByRole('button', { name: option }).click()
  }

  message(text: string) {
    return this.messages.getByText(text, { exact: true })
  }

  /** A message with its author, time and buttons. */
  article(text: string) {
    return this.messages.getByRole('article').filter({ has: this.page.getByText(text, { exact: true }) })
  }

  /** Uses one of the buttons of a message. */
  async does(text: string, what: 'React' | 'Reply' | 'Edit' | 'Delete' | 'Copy link' | 'Mark unread') {
    const message = this.article(text)
    await message.focus()
    await message.getByRole('button', { name: what, exact: true }).click()
  }

  async reacts(text: string, emoji: string) {
    await this.does(text, 'React')
    await this.page.getByRole('dialog', { name: 'Reactions' }).getByRole('button', { name: emoji }).click()
  }

  /** Waits until these messages stand in the conversation, each once and in this order; others may be between. */
  async reads(...texts: string[]) {
    await expect.poll(() => this.standing(texts)).toEqual(texts)
  }

  /** Those of the texts that stand in the conversation, each as often and where it stands. */
  async standing(texts: string[]) {
    const lines = (await this.messages.innerText()).split('\n').map((line) => line.trim())
    return lines.filter((line) => texts.includes(line))
  }

  /** Opens the drawer that holds it, where the screen is too narrow to show it at once. */
  async reaches(side: 'People' | 'Rooms') {
    const wanted = side === 'People' ? this.people : this.rooms
    if (!(await wanted.isVisible())) await this.page.getByRole('button', { name: new RegExp(side, 'i') }).first().click()
    await expect(wanted).toBeInViewport()
  }

  /** Waits until the browser has all that it takes to open the page without a network. */
  async opensOffline() {
    await this.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}))
    await expect.poll(() => this.page.evaluate(async () => !!(await caches.match('/offline')))).toBe(true)
  }

  /** Waits until the browser has kept messages of a room with these texts in them. */
  async hasKept(room: string, ...texts: string[]) {
    const missing = async () => {
      const kept = await this.kept(room)
      return texts.filter((text) => !kept.some((message) => message.includes(text)))
    }
    await expect.poll(missing).toEqual([])
  }

  /** What the browser has kept of a room, oldest first, as it is in its store. */
  async kept(room: string) {
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

  async scrollsSideways() {
    return this.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
  }
}
