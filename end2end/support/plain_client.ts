import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'

import { expect } from '@playwright/test'
import WebSocket from 'ws'

type Frame = { username: string; message: string } | { error: string }

/** A client of the plain dialect: sends bare text and receives small JSON objects. */
export class PlainClient {
  readonly received: Frame[] = []
  private readonly socket: WebSocket

  private constructor(address: string, room: string, token?: string) {
    const headers = token ? { Authorization: `Bearer ${token}` } : {}
    this.socket = new WebSocket(`${address.replace('http', 'ws')}/ws/chat?room=${room}`, { headers })
    this.socket.on('message', (data) => this.received.push(JSON.parse(data.toString())))
  }

  /** Joins a room; a bot also gives its token. */
  static async join(address: string, name: string, room = 'lobby', token?: string) {
    const client = new PlainClient(address, room, token)
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

  /** Waits until the server has closed the connection. */
  async ends() {
    if (this.socket.readyState !== WebSocket.CLOSED) await once(this.socket, 'close')
  }

  end() {
    this.socket.terminate()
  }
}

/** The response to a handshake of the plain dialect that the server refuses: status and text. */
export async function refusedHandshake(address: string, room: string) {
  const socket = new WebSocket(`${address.replace('http', 'ws')}/ws/chat?room=${room}`)
  socket.on('error', () => {})
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    socket.once('unexpected-response', (_, response) => resolve(response))
    socket.once('open', () => reject(new Error(`the room ${room} is open to a plain client`)))
  })
  const body: Buffer[] = []
  for await (const part of response) body.push(part)
  socket.terminate()
  return { status: response.statusCode, text: Buffer.concat(body).toString() }
}
