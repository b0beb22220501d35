import { once } from 'node:events'

import { expect } from '@playwright/test'
import WebSocket from 'ws'

type Frame = { username: string; message: string } | { error: string }

/** A client of the plain dialect: bare text out, small JSON in. */
export class PlainClient {
  readonly heard: Frame[] = []
  private readonly socket: WebSocket

  private constructor(address: string, room: string) {
    this.socket = new WebSocket(`${address.replace('http', 'ws')}/ws/chat?room=${room}`)
    this.socket.on('message', (data) => this.heard.push(JSON.parse(data.toString())))
  }

  static async join(address: string, name: string, room = 'lobby') {
    const client = new PlainClient(address, room)
    await once(client.socket, 'open')
    client.says(name)
    await client.hears(`${name} has joined the chat`)
    return client
  }

  says(text: string) {
    this.socket.send(text)
  }

  /** Waits until these messages have come, each once and in this order; others may stand between them. */
  async hears(...messages: string[]) {
    await expect
      .poll(() => this.heard.flatMap((f) => ('message' in f && messages.includes(f.message) ? [f.message] : [])))
      .toEqual(messages)
  }

  end() {
    this.socket.terminate()
  }
}
