import { once } from 'node:events'

import type { APIRequestContext } from '@playwright/test'
import WebSocket from 'ws'

/** The messages of rooms with unusual content, by room name. */
export const ROOMS = {
  empty: [],
  'long-words': ['w'.repeat(500), 'https://example.org/' + 'a-long-path/'.repeat(40), `a \`${'code'.repeat(80)}\` in a line`],
  'right-to-left': [
    'مرحبا بالجميع! من يحضر الخيمة؟',
    'שלום, אני מביא את הכירה — see https://example.org/כירה',
    'Then: **مرحبا** and `code` and @עדה',
    '- أول\n- ثان\n\n> اقتباس من أمس',
  ],
  'emoji-only': ['👍', '👩🏽‍💻 🏳️‍🌈 🇵🇹', '🎉', '🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉'],
  'code-of-500-lines': [
    '```rust\n' + Array.from({ length: 500 }, (_, line) => `let line_${line} = ${line};`).join('\n') + '\n```',
  ],
  'long-message': ['A message of four thousand characters goes on and on. '.repeat(80).slice(0, 4_000)],
  'marks-of-all-kinds': [
    '# no heading, but **strong**, *emphasis*, ~~struck~~ and `code`\n\n1. first\n2. second\n   - inside\n\n> said before\n> and after\n\n```js\nconst answer = 42 // known\n```',
  ],
  'a-room-with-a-name-of-sixty-four-bytes-as-long-as-there-can-be-x': ['The name of this room is as long as there can be.'],
} satisfies Record<string, string[]>

const WRITERS = ['Ana María', 'さくら', 'Bartholomew Fitzgerald-Montrose', 'أحمد', 'Jo']

/** The number of people in the room `crowd`, and the number of other rooms. */
export const CROWD = 3_000
export const OTHER_ROOMS = 200

/** Posts a message with the page's HTML form, without a browser. */
async function says(address: string, cookies: Map<string, string>, name: string, room: string, text: string) {
  const path = `${address}/r/${room}`
  let cookie = cookies.get(name)
  if (!cookie) {
    const page = await fetch(path)
    cookie = page.headers.get('set-cookie')?.split(';')[0] ?? ''
    cookies.set(name, cookie)
  }
  const body = new URLSearchParams({ name, text, id: `${room}-${text.length}-${Math.random()}` })
  const answer = await fetch(path, { method: 'POST', headers: { cookie }, body, redirect: 'manual' })
  if (answer.status !== 303) throw new Error(`${name} in ${room}: ${answer.status}`)
}

/** Fills the rooms of a server with messages. */
export async function fill(address: string) {
  const cookies = new Map<string, string>()
  for (const [room, texts] of Object.entries(ROOMS)) {
    for (const [index, text] of texts.entries()) {
      await says(address, cookies, WRITERS[index % WRITERS.length] ?? 'Jo', room, text)
    }
  }
}

/** Lets a person join many rooms. */
export async function joinsMany(request: APIRequestContext, address: string, name: string) {
  for (let index = 1; index <= OTHER_ROOMS; index++) {
    const room = `room-${String(index).padStart(3, '0')}`
    const answer = await request.post(`${address}/r/${room}`, { form: { name }, maxRedirects: 0 })
    if (answer.status() !== 303) throw new Error(`${room}: ${answer.status()}`)
  }
}

/** Lets many people join the room `crowd`. Returns a function that disconnects them. */
export async function crowd(address: string) {
  const sockets: WebSocket[] = []
  for (let from = 0; from < CROWD; from += 250) {
    const some = Array.from({ length: Math.min(250, CROWD - from) }, (_, index) => {
      const socket = new WebSocket(`${address.replace('http', 'ws')}/ws/chat?room=crowd`)
      socket.once('open', () => socket.send(`Person ${from + index}`))
      return socket
    })
    sockets.push(...some)
    await Promise.all(some.map((socket) => once(socket, 'message')))
  }
  return () => sockets.forEach((socket) => socket.terminate())
}
