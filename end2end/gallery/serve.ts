import { once } from 'node:events'

import { test } from '../support/fixtures.ts'
import { crowd, fill, ROOMS } from './fill.ts'
import { fillPrivate } from './private_rooms.ts'

test.use({ flags: ['--limits', 'off'] })

// Not a test: serves rooms in every state to look at while developing the page, until it is interrupted.
test('gallery', async ({ server }) => {
  await fill(server.address)
  await crowd(server.address)
  for (const room of [...Object.keys(ROOMS), 'crowd']) console.log(`${server.address}/r/${room}`)
  const { people, scenes } = await fillPrivate(server.address)
  for (const { by, path } of scenes) console.log(`${server.address}${path} with the cookie ${people[by].name}=${people[by].value}`)
  await once(process, 'SIGINT')
})
