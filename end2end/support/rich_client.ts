import { once } from 'node:events'

import { expect, type BrowserContext } from '@playwright/test'
import WebSocket from 'ws'

type Frame = Record<string, unknown> & { type: string }

/** A client of the rich dialect without a page, which sends what no page would send. */
export class RichClient {
  readonly received: Frame[] = []
  private readonly socket: WebSocket

  private constructor(address: string, cookie: string) {
    this.socket = new WebSocket(`${address.replace('http', 'ws')}/ws/chat`, ['parlor.v1'], { headers: { cookie } })
    this.socket.on('message', (data) => this.received.push(JSON.parse(data.toString())))
  }

  /** Connects with the session of a browser, and waits for the answer to `hello`. */
  static async connect(address: string, browser: BrowserContext, rooms: object[] = []) {
    const cookies = await browser.cookies()
    const client = new RichClient(address, cookies.map(({ name, value }) => `${name}=${value}`).join('; '))
    await once(client.socket, 'open')
    await client.asks({ type: 'hello', rooms })
    return client
  }

  /** The answers to a message. The answers to a request with an id may come after those to later messages. */
  async asks(message: Frame) {
    const from = this.received.length
    this.socket.send(JSON.stringify(message))
    this.socket.send(JSON.stringify({ type: 'ping' }))
    const id = message.client_id ?? message.request
    const answers = () => this.received.slice(from).filter(({ type }) => type !== 'pong')
    const isAnswered = () => id === undefined || answers().length > 0
    await expect.poll(() => this.received.slice(from).some(({ type }) => type === 'pong') && isAnswered()).toBe(true)
    return answers()
  }

  end() {
    this.socket.terminate()
  }
}
