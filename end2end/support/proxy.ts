import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

/** An HTTP proxy in front of the server that modifies pages. */
export class Proxy {
  private readonly sockets = new Set<Socket>()
  private readonly listener = createServer((asked, answer) => this.pass(asked, answer))

  /** The modification of each page's HTML. */
  change = (html: string) => html
  /** Paths that are answered with status 502. */
  refused?: RegExp

  private constructor(private readonly target: number) {}

  static async to(port: number) {
    const proxy = new Proxy(port)
    proxy.listener.on('connection', (socket: Socket) => proxy.sockets.add(socket))
    proxy.listener.on('upgrade', (asked: IncomingMessage, socket: Socket) => proxy.join(asked, socket))
    proxy.listener.listen(0, '127.0.0.1')
    await once(proxy.listener, 'listening')
    return proxy
  }

  get address() {
    return `http://127.0.0.1:${(this.listener.address() as AddressInfo).port}`
  }

  private pass(asked: IncomingMessage, answer: ServerResponse) {
    if (this.refused?.test(asked.url!)) {
      answer.writeHead(502).end()
      return
    }
    // Compressed pages could not be modified.
    const headers = { ...asked.headers, 'accept-encoding': 'identity' }
    const outer = request({ port: this.target, host: '127.0.0.1', method: asked.method, path: asked.url, headers })
    asked.pipe(outer)
    outer.on('error', () => answer.destroy())
    outer.on('response', async (response) => {
      const body: Buffer[] = []
      for await (const part of response) body.push(part)
      const whole = Buffer.concat(body)
      const isPage = response.headers['content-type']?.startsWith('text/html')
      const changed = isPage ? Buffer.from(this.change(whole.toString())) : whole
      const { 'transfer-encoding': _, ...rest } = response.headers
      answer.writeHead(response.statusCode!, { ...rest, 'content-length': changed.length })
      answer.end(changed)
    })
  }

  private join(asked: IncomingMessage, inner: Socket) {
    const outer = connect(this.target, '127.0.0.1')
    for (const socket of [inner, outer]) {
      this.sockets.add(socket)
      socket.on('error', () => {})
    }
    const lines = [`${asked.method} ${asked.url} HTTP/1.1`]
    for (let at = 0; at < asked.rawHeaders.length; at += 2) lines.push(`${asked.rawHeaders[at]}: ${asked.rawHeaders[at + 1]}`)
    outer.write(`${lines.join('\r\n')}\r\n\r\n`)
    inner.pipe(outer).pipe(inner)
    inner.on('close', () => outer.destroy())
    outer.on('close', () => inner.destroy())
  }

  end() {
    this.listener.close()
    for (const socket of this.sockets) socket.destroy()
  }
}
