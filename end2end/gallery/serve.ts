import { once } from 'node:events'

import { test } from '../support/fixtures.ts'
import { crowd, fill, ROOMS } from './fill.ts'

test.use({ flags: ['--limits', 'off'] })

// Not a test: serves rooms in every state to look at while developing the page, until it is interrupted.
test('gallery', async ({ server }) => {
  await fill(server.address)
  await crowd(server.address)
  for (const room of [...Object.keys(ROOMS), 'crowd']) console.log(`${server.address}/r/${room}`)
  await once(process, 'SIGINT')
})
