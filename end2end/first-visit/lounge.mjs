// The Lounge, a web client for IRC, with a logged-in user and a channel of messages.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as ask } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { brotliCompressSync } from 'node:zlib'

import { irc } from './irc.mjs'

const [NAME, PASSWORD, CHANNEL] = ['ana', 'not a secret', '#lobby']

/** Starts The Lounge from the directory of its package, with the given Node. */
export async function lounge(browser, { node, from, messages }) {
  const network = await irc(CHANNEL, messages)
  const home = mkdtempSync(join(tmpdir(), 'parlor-lounge-'))
  mkdirSync(join(home, 'users'))
  const config = { public: false, host: '127.0.0.1', port: 0, prefetch: false, messageStorage: [], lockNetwork: false }
  writeFileSync(join(home, 'config.js'), `module.exports = ${JSON.stringify(config)}`)
  const { default: bcrypt } = await import(join(from, 'node_modules/bcryptjs/index.js'))
  const channels = [{ name: CHANNEL }]
  const networks = [
    { uuid: 'one', name: 'irc', host: '127.0.0.1', port: network.port, tls: false, nick: NAME, username: NAME, channels },
  ]
  const user = { password: bcrypt.hashSync(PASSWORD, 4), log: false, networks }
  writeFileSync(join(home, `users/${NAME}.json`), JSON.stringify(user))
  const program = join(from, 'node_modules/thelounge/index.js')
  const env = { ...process.env, THELOUNGE_HOME: home }
  const server = spawn(node, [program, 'start'], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  let port
  for await (const line of createInterface({ input: server.stdout })) {
    port = /127\.0\.0\.1:(\d+)/.exec(line)?.[1]
    if (port) break
  }
  server.stdout.resume()
  const proxy = await compressing(Number(port))
  const address = `http://127.0.0.1:${proxy.address().port}/`

  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(address)
  await page.locator('#signin-username').fill(NAME)
  await page.locator('#signin-password').fill(PASSWORD)
  await page.locator('button[type=submit]').click()
  await page.locator('.channel-list-item[data-type=channel]').click()
  await page.locator('#input').waitFor()
  await page.getByText(messages[0].slice(0, 10)).first().waitFor()
  const [storage, opened] = [await context.storageState(), page.url()]
  await context.close()

  // The text box appears when the client has received its state from the server.
  const waitUntilAlive = (page) => page.waitForSelector('#input').then(() => page.evaluate(() => performance.now()))
  const end = () => {
    server.kill()
    proxy.close()
    network.end()
    rmSync(home, { recursive: true })
  }
  return { address: opened, storage, waitUntilAlive, end }
}

/** A compressing reverse proxy: The Lounge itself does not compress responses. */
async function compressing(port) {
  const kept = new Map()
  const target = { host: '127.0.0.1', port }
  const proxy = createServer((request, response) => {
    const headers = { ...request.headers, 'accept-encoding': 'identity' }
    const asked = ask({ ...target, path: request.url, method: request.method, headers }, async (answer) => {
      const parts = []
      for await (const part of answer) parts.push(part)
      const body = Buffer.concat(parts)
      const about = { ...answer.headers }
      const isText = /text|javascript|json|svg/.test(about['content-type'] ?? '')
      if (!isText || answer.statusCode !== 200) return response.writeHead(answer.statusCode, about).end(body)
      const key = body.toString('latin1')
      if (!kept.has(key)) kept.set(key, brotliCompressSync(body))
      delete about['content-length']
      response.writeHead(200, { ...about, 'content-encoding': 'br' }).end(kept.get(key))
    })
    asked.on('error', () => response.destroy())
    request.pipe(asked)
  })
  proxy.on('upgrade', (request, inner, head) => {
    const outer = connect(target.port, target.host)
    const lines = request.rawHeaders.flatMap((text, at, all) => (at % 2 ? [] : [`${text}: ${all[at + 1]}`]))
    outer.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    outer.write(head)
    inner.pipe(outer).pipe(inner)
    for (const socket of [inner, outer]) socket.on('error', () => [inner, outer].forEach((one) => one.destroy()))
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return proxy
}
