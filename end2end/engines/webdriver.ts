import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'

import type { Protocol } from './protocol.ts'

/** Timeout for the driver to listen, and the interval between attempts, in milliseconds. */
const STARTS_MS = 10_000
const TRY_MS = 50

/** Controls a browser with WebDriver, one HTTP request per command: https://www.w3.org/TR/webdriver2/ */
export class WebDriver implements Protocol {
  readonly errors: string[] = []
  version = ''
  private session = ''
  private readonly address: string
  private readonly driver: ChildProcess

  private constructor(driver: ChildProcess, port: number) {
    this.driver = driver
    this.address = `http://127.0.0.1:${port}`
  }

  static async start(program: string, capabilities: object) {
    const port = await freePort()
    const browser = new WebDriver(spawn(program, [`--port=${port}`], { stdio: 'ignore' }), port)
    await browser.listens()
    const alwaysMatch = { unhandledPromptBehavior: 'accept', ...capabilities }
    const started = await browser.ask('POST', '/session', { capabilities: { alwaysMatch } })
    browser.session = `/session/${started.sessionId}`
    browser.version = `${started.capabilities.browserName} ${started.capabilities.browserVersion}`
    return browser
  }

  private async listens() {
    for (let waited = 0; waited < STARTS_MS; waited += TRY_MS) {
      try {
        return await this.ask('GET', '/status')
      } catch {
        await setTimeout(TRY_MS)
      }
    }
    throw new Error('the WebDriver server did not listen in time')
  }

  private async ask(method: string, path: string, body?: object) {
    const answer = await fetch(this.address + path, { method, body: body ? JSON.stringify(body) : null })
    const { value } = (await answer.json()) as { value: any }
    if (!answer.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`)
    return value
  }

  private post(path: string, body: object = {}) {
    return this.ask('POST', this.session + path, body)
  }

  async call(declaration: string, argument: string) {
    const script = `const [argument, done] = arguments;
      (${declaration})(argument).then((value) => done({ value }), (error) => done({ error: String(error) }))`
    const { value, error } = await this.post('/execute/async', { script, args: [argument] })
    if (error) throw new Error(error)
    return value as string
  }

  perform(actions: object[]) {
    return this.post('/actions', { actions })
  }

  goto(url: string) {
    return this.post('/url', { url })
  }

  reload() {
    return this.post('/refresh')
  }

  back() {
    return this.post('/back')
  }

  /** Opens a window: a tab that the driver opens stays hidden in WebKitGTK's browser, which then draws nothing in it. */
  async openTab() {
    return (await this.post('/window/new', { type: 'window' })).handle as string
  }

  currentTab() {
    return this.ask('GET', `${this.session}/window`)
  }

  switchTo(handle: string) {
    return this.post('/window', { handle })
  }

  closeTab() {
    return this.ask('DELETE', `${this.session}/window`)
  }

  async end() {
    await this.ask('DELETE', this.session).catch(() => {})
    const ended = once(this.driver, 'exit')
    this.driver.kill()
    await ended
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
