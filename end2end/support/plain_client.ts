import { once } from 'node:events'

import { expect } from '@playwright/test'
import WebSocket from 'ws'

type Frame = { username: string; message: string } | { error: string }

/** A client of the plain dialect: sends bare text and receives small JSON objects. */
export class PlainClient {
  readonly received: Frame[] = []
  private readonly socket: WebSocket

  private constructor(address: string, room: string) {
    this.socket = new WebSocket(`${address.replace('http', 'ws')}/ws/chat?room=${room}`)
    this.socket.on('message', (data) => this.received.push(JSON.parse(data.toString())))
  }

  static async join(address: string, name: string, room = 'lobby') {
    const client = new PlainClient(address, room)
    await once(client.socket, 'open')
    client.says(name)
    await client.receives(`${name} has joined the chat`)
    return client
  }

  says(text: string) {
    this.socket.send(text)
  }

  /** Waits until these messages have been received, each once and in this order; others may be between them. */
  async receives(...messages: string[]) {
    await expect
      .poll(() => this.received.flatMap((f) => ('message' in f && messages.includes(f.message) ? [f.message] : [])))
      .toEqual(messages)
  }

  end() {
    this.socket.terminate()
  }
}
