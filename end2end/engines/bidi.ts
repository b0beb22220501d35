import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

import WebSocket from 'ws'

import type { Protocol } from './protocol.ts'

/** Controls a browser with WebDriver BiDi, without a separate driver: https://www.w3.org/TR/webdriver-bidi/ */
export class Bidi implements Protocol {
  readonly errors: string[] = []
  version = ''
  private tab = ''
  private sent = 0
  private readonly answers = new Map<number, { resolve: (result: any) => void; reject: (error: Error) => void }>()
  private readonly browser: ChildProcess
  private readonly profile: string
  private readonly socket: WebSocket

  private constructor(browser: ChildProcess, profile: string, socket: WebSocket) {
    this.browser = browser
    this.profile = profile
    this.socket = socket
    socket.on('message', (data) => this.onMessage(JSON.parse(data.toString())))
  }

  static async start(program: string) {
    const profile = mkdtempSync(join(tmpdir(), 'parlor-engine-'))
    const browser = spawn(program, ['--profile', profile, '--remote-debugging-port=0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const socket = new WebSocket(`${await listens(browser)}/session`)
    await once(socket, 'open')
    const bidi = new Bidi(browser, profile, socket)
    const alwaysMatch = { unhandledPromptBehavior: { default: 'ignore' } }
    const { capabilities } = await bidi.send('session.new', { capabilities: { alwaysMatch } })
    bidi.version = `${capabilities.browserName} ${capabilities.browserVersion}`
    await bidi.send('session.subscribe', { events: ['log.entryAdded', 'browsingContext.userPromptOpened'] })
    // Without a window manager the initial window never gets the focus, but a new one does.
    bidi.tab = (await bidi.send('browsingContext.create', { type: 'window' })).context
    return bidi
  }

  private onMessage({ id, method, params, result, error, message }: any) {
    if (method === 'log.entryAdded') {
      if (params.level === 'error' && params.type === 'javascript') this.errors.push(params.text)
      return
    }
    if (method === 'browsingContext.userPromptOpened') {
      void this.send('browsingContext.handleUserPrompt', { context: params.context, accept: true })
      return
    }
    const answer = this.answers.get(id)
    this.answers.delete(id)
    if (error) answer?.reject(new Error(`${error}: ${message}`))
    else answer?.resolve(result)
  }

  private send(method: string, params: object): Promise<any> {
    const id = ++this.sent
    this.socket.send(JSON.stringify({ id, method, params }))
    return new Promise((resolve, reject) => this.answers.set(id, { resolve, reject }))
  }

  async call(declaration: string, argument: string) {
    const answer = await this.send('script.callFunction', {
      functionDeclaration: declaration,
      arguments: [{ type: 'string', value: argument }],
      target: { context: this.tab },
      awaitPromise: true,
      userActivation: true,
    })
    if (answer.type === 'exception') throw new Error(answer.exceptionDetails.text)
    return answer.result.value as string
  }

  perform(actions: object[]) {
    return this.send('input.performActions', { context: this.tab, actions })
  }

  goto(url: string) {
    return this.send('browsingContext.navigate', { context: this.tab, url, wait: 'complete' })
  }

  reload() {
    return this.send('browsingContext.reload', { context: this.tab, wait: 'complete' })
  }

  back() {
    return this.send('browsingContext.traverseHistory', { context: this.tab, delta: -1 })
  }

  async openTab() {
    return (await this.send('browsingContext.create', { type: 'tab' })).context as string
  }

  currentTab() {
    return Promise.resolve(this.tab)
  }

  async switchTo(tab: string) {
    await this.send('browsingContext.activate', { context: tab })
    this.tab = tab
  }

  closeTab() {
    return this.send('browsingContext.close', { context: this.tab })
  }

  async end() {
    const ended = once(this.browser, 'exit')
    await this.send('browser.close', {}).catch(() => this.browser.kill())
    await ended
    this.socket.terminate()
    rmSync(this.profile, { recursive: true, force: true })
  }
}

/** Waits until the browser listens, and parses the URL of its WebSocket from the line that it prints then. */
async function listens(browser: ChildProcess) {
  for await (const line of createInterface({ input: browser.stderr! })) {
    const address = /listening on (ws:\/\/\S+)/.exec(line)?.[1]
    if (address) {
      browser.stderr!.resume()
      return address
    }
  }
  throw new Error('the browser ended before it listened')
}
