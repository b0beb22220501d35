import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy that can be cut: a browser's own "offline" leaves an open WebSocket frozen without an end. */
export class Wire {
  private readonly sockets = new Set<Socket>()
  private readonly listener = createServer((inner) => this.carry(inner))
  private readonly target: number
  private broken = false

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
    inner.pipe(outer)
    outer.pipe(inner)
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
  }

  end() {
    this.listener.close()
    this.cut()
  }
}
