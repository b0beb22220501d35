import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

import { renamed } from './renamed.ts'

/** A TCP proxy that can be cut: a browser's own "offline" leaves an open WebSocket frozen without an end. */
export class Wire {
  private readonly sockets = new Set<Socket>()
  private readonly listener = createServer((inner) => this.carry(inner))
  private readonly target: number
  private broken = false
  private silent = false
  private build?: { real: string; told: string }

  private constructor(target: number) {
    this.target = target
  }

  static async to(port: number) {
    const wire = new Wire(port)
    wire.listener.listen(0, '127.0.0.1')
    await once(wire.listener, 'listening')
    return wire
  }

  get address() {
    return `http://127.0.0.1:${(this.listener.address() as AddressInfo).port}`
  }

  private carry(inner: Socket) {
    if (this.broken) {
      inner.resetAndDestroy()
      return
    }
    const outer = connect(this.target, '127.0.0.1')
    for (const socket of [inner, outer]) {
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
      socket.on('error', () => {})
    }
    if (this.silent) inner.pause()
    else if (this.build) {
      const { real, told } = this.build
      // What is compressed can't be read on the way.
      const asks = renamed('Accept-Encoding:', 'Xccept-Encoding:')
      inner.pipe(asks).pipe(renamed(told, real)).pipe(outer)
      outer.pipe(renamed(real, told)).pipe(inner)
    } else {
      inner.pipe(outer)
      outer.pipe(inner)
    }
    inner.on('close', () => outer.destroy())
    outer.on('close', () => inner.destroy())
  }

  /** Ends every connection without a word; new ones come through. */
  cut() {
    for (const socket of this.sockets) socket.resetAndDestroy()
  }

  /** Cuts, and lets nothing through until it is mended. */
  break() {
    this.broken = true
    this.cut()
  }

  mend() {
    this.broken = false
    this.silent = false
  }

  /** Cuts, and answers nothing any more, neither yes nor no. */
  stall() {
    this.silent = true
    this.cut()
  }

  /** Cuts, and what comes after is as of another build. */
  async renew() {
    const page = await (await fetch(this.address)).text()
    const real = /\/pkg\/([0-9a-f]{16})\//.exec(page)?.[1]
    if (!real) throw new Error('the page names no build')
    this.build = { real, told: 'newer'.padEnd(real.length, '0') }
    this.cut()
  }

  /** Cuts, and what comes after is as it is. */
  restore() {
    this.build = undefined
    this.cut()
  }

  end() {
    this.listener.close()
    this.cut()
  }
}
