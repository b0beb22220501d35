// Measures a first visit on a slow phone and a slow network: first paint, the time at which the last message is visible,
// the time at which the page is interactive, and the download size. It compares Parlor and The Lounge, each with a room
// full of messages, and a Leptos page with one button, in turn in the same browser.
import { chromium } from '@playwright/test'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { brotliCompressSync } from 'node:zlib'
import WebSocket from 'ws'

import { lounge } from './first-visit/lounge.mjs'

/** The values of Lighthouse: 1.6 Mbit/s, 150 ms round trip, a quarter of a core. */
const SLOW = { latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 }
const SLOWER_BY = 4
const MESSAGES = Array.from({ length: 50 }, (_, i) => `message ${i + 1} with *some* words in it`)
/** The start of the last message, which all pages show alike, however they render its markup. */
const LAST = `message ${MESSAGES.length} with`

const [site, node, from, rounds = '5'] = process.argv.slice(2)
const executablePath = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim()
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
const pages = {
  Parlor: await parlor(),
  'The Lounge': await lounge(browser, { node, from, messages: MESSAGES }),
  'empty Leptos page': await empty(site),
}
const visits = Object.fromEntries(Object.keys(pages).map((name) => [name, []]))
for (let round = 0; round < Number(rounds); round++) {
  for (const [name, page] of Object.entries(pages)) visits[name].push(await visit(page))
}
console.log(`\n| median of ${rounds} | painted | last message | alive | downloaded |\n|---|---|---|---|---|`)
for (const [name, of] of Object.entries(visits)) {
  const middle = (what) => of.map((one) => one[what]).sort((a, b) => a - b)[of.length >> 1]?.toFixed(0)
  const read = middle('read') ? `${middle('read')} ms` : '–'
  console.log(`| ${name} | ${middle('painted')} ms | ${read} | ${middle('alive')} ms | ${middle('kib')} KiB |`)
}
await browser.close()
for (const page of Object.values(pages)) page.end()

async function visit({ address, storage, waitUntilAlive }) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, storageState: storage })
  const page = await context.newPage()
  await page.addInitScript((last) => {
    const look = setInterval(() => {
      if (!document.body?.textContent.includes(last)) return
      clearInterval(look)
      requestAnimationFrame(() => performance.mark('read'))
    }, 20)
  }, LAST)
  const devtools = await context.newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', { offline: false, ...SLOW })
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER_BY })
  let downloaded = 0
  devtools.on('Network.dataReceived', ({ encodedDataLength }) => (downloaded += encodedDataLength))
  const living = waitUntilAlive(page)
  await page.goto(address)
  const alive = await living
  const [painted, read] = await page.evaluate(() =>
    ['first-contentful-paint', 'read'].map((name) => performance.getEntriesByName(name)[0]?.startTime),
  )
  await context.close()
  return { painted, read, alive, kib: downloaded / 1024 }
}

async function parlor() {
  const data = mkdtempSync(join(tmpdir(), 'parlor-first-visit-'))
  const server = spawn('target/release/parlor', ['--listen', '127.0.0.1:0', '--data', data, '--limits', 'off'])
  let address
  for await (const line of createInterface({ input: server.stdout })) {
    address = /http:\S+/.exec(line)?.[0]
    if (address) break
  }
  server.stdout.resume()
  const bot = new WebSocket(`${address.replace('http', 'ws')}/ws/chat`)
  await once(bot, 'open')
  bot.send('bot')
  for (const text of MESSAGES) bot.send(text)
  await new Promise((done) => bot.on('message', (text) => String(text).includes(LAST) && done()))
  bot.close()
  // The page opens its WebSocket as the last step of hydration.
  const waitUntilAlive = async (page) => {
    await page.waitForEvent('websocket')
    return page.evaluate(() => performance.now())
  }
  const end = () => server.kill() && rmSync(data, { recursive: true })
  return { address, waitUntilAlive, end }
}

async function empty(site) {
  const kinds = { html: 'text/html', js: 'text/javascript', wasm: 'application/wasm' }
  const files = Object.entries({ '/': 'index.html', '/empty.js': 'empty.js', '/empty_bg.wasm': 'empty_bg.wasm' })
  const bodies = new Map(files.map(([path, name]) => [path, [name, brotliCompressSync(readFileSync(resolve(site, name)))]]))
  const server = createServer((request, response) => {
    const [name, body] = bodies.get(request.url) ?? []
    if (!body) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': kinds[name.split('.').at(-1)], 'content-encoding': 'br' }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const waitUntilAlive = (page) => page.waitForFunction(() => performance.getEntriesByName('alive')[0]?.startTime).then((at) => at.jsonValue())
  return { address: `http://127.0.0.1:${server.address().port}/`, waitUntilAlive, end: () => server.close() }
}
