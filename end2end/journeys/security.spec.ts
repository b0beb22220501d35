import { once } from 'node:events'

import WebSocket from 'ws'

import { expect, test } from '../support/fixtures.ts'

test('the page has a Content Security Policy with a new nonce for each response', async ({ server, request }) => {
  const nonces = []
  for (let visits = 0; visits < 2; visits++) {
    const response = await request.get(server.address)
    const policy = response.headers()['content-security-policy'] ?? ''
    const scripts = /script-src ([^;]*)/.exec(policy)?.[1] ?? ''
    expect(scripts).not.toContain("'unsafe-inline'")
    expect(scripts).not.toContain("'unsafe-eval'")
    const nonce = /'nonce-([^']+)'/.exec(scripts)?.[1]
    expect(nonce).toBeTruthy()
    expect(await response.text()).toContain(`nonce="${nonce}"`)
    nonces.push(nonce)
  }
  expect(nonces[0]).not.toBe(nonces[1])
})

const ORIGINS = [
  { origin: 'https://elsewhere.example', status: 403 },
  { origin: 'null', status: 403 },
  { origin: undefined, status: 101 },
]

for (const { origin, status } of ORIGINS) {
  test(`a WebSocket handshake from origin ${origin} gets status ${status}`, async ({ server }) => {
    for (const protocols of [[], ['parlor.v1']]) {
      const socket = new WebSocket(`${server.address.replace('http', 'ws')}/ws/chat`, protocols, { origin })
      const answer = await Promise.race([
        once(socket, 'open').then(() => 101),
        once(socket, 'unexpected-response').then(([, response]) => response.statusCode),
      ])
      expect(answer).toBe(status)
      socket.on('error', () => {})
      socket.terminate()
    }
  })
}

test('scripts cannot read the session cookie, and the assets are compressed and cached', async ({ visit }) => {
  const ana = await (await visit()).joins('ana')
  const cookies = await ana.page.context().cookies()
  const session = cookies.filter(({ httpOnly }) => httpOnly)
  expect(session).toHaveLength(1)
  expect(session[0].sameSite).toBe('Lax')

  const files = await ana.page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.includes('/pkg/')),
  )
  expect(files.length).toBeGreaterThanOrEqual(2)
  for (const file of files) {
    const asks = { 'accept-encoding': 'br' }
    const response = await fetch(file, { headers: asks })
    expect(response.headers.get('content-encoding'), file).toBe('br')
    expect(response.headers.get('cache-control'), file).toContain('immutable')
    const tag = response.headers.get('etag')!
    const again = await fetch(file, { headers: { ...asks, 'if-none-match': tag } })
    expect(again.status, file).toBe(304)
  }
})
