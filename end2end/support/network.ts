import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

import { replacingStream } from './replacing_stream.ts'

/** A TCP proxy that can cut connections: the offline mode of a browser does not close open WebSockets. */
export class Network {
  private readonly sockets = new Set<Socket>()
  private readonly listener = createServer((inner) => this.forward(inner))
  private readonly target: number
  private disconnected = false
  private stalled = false
  private build?: { real: string; presented: string }

  private constructor(target: number) {
    this.target = target
  }

  static async to(port: number) {
    const network = new Network(port)
    network.listener.listen(0, '127.0.0.1')
    await once(network.listener, 'listening')
    return network
  }

  get address() {
    return `http://127.0.0.1:${(this.listener.address() as AddressInfo).port}`
  }

  private forward(inner: Socket) {
    if (this.disconnected) {
      inner.resetAndDestroy()
      return
    }
    const outer = connect(this.target, '127.0.0.1')
    for (const socket of [inner, outer]) {
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
      socket.on('error', () => {})
    }
    if (this.stalled) inner.pause()
    else if (this.build) {
      const { real, presented } = this.build
      // Compressed responses could not be modified.
      const asks = replacingStream('Accept-Encoding:', 'Xccept-Encoding:')
      inner.pipe(asks).pipe(replacingStream(presented, real)).pipe(outer)
      outer.pipe(replacingStream(real, presented)).pipe(inner)
    } else {
      inner.pipe(outer)
      outer.pipe(inner)
    }
    inner.on('close', () => outer.destroy())
    outer.on('close', () => inner.destroy())
  }

  /** Resets all connections; new ones are accepted. */
  cut() {
    for (const socket of this.sockets) socket.resetAndDestroy()
  }

  /** Resets all connections, and refuses new ones until `reconnect`. */
  disconnect() {
    this.disconnected = true
    this.cut()
  }

  reconnect() {
    this.disconnected = false
    this.stalled = false
  }

  /** Resets all connections, and accepts new ones without ever answering. */
  stall() {
    this.stalled = true
    this.cut()
  }

  /** Resets all connections; from then on the server appears to be a newer build. */
  async serveNewBuild() {
    const page = await (await fetch(this.address)).text()
    const real = /\/pkg\/([0-9a-f]{16})\//.exec(page)?.[1]
    if (!real) throw new Error('the page contains no build id')
    this.build = { real, presented: 'newer'.padEnd(real.length, '0') }
    this.cut()
  }

  /** Resets all connections; from then on the server appears as its real build. */
  serveOriginalBuild() {
    this.build = undefined
    this.cut()
  }

  end() {
    this.listener.close()
    this.cut()
  }
}
