// Node with `ws`: each frame is serialised once and sent to all members in a loop.
import { WebSocketServer } from 'ws'

const rooms = new Map()
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
server.on('listening', () => console.log(`ready: 127.0.0.1:${server.address().port}`))
server.on('connection', (socket, request) => {
  const room = new URL(request.url, 'http://localhost').searchParams.get('room') ?? ''
  if (!rooms.has(room)) rooms.set(room, new Set())
  const members = rooms.get(room).add(socket)
  let name
  socket.on('message', (data) => {
    const text = data.toString()
    const message = name === undefined ? `${text} has joined the chat` : text
    name ??= text
    const frame = Buffer.from(JSON.stringify({ username: name, message }))
    for (const member of members) member.send(frame, { binary: false })
  })
  socket.on('close', () => members.delete(socket))
  socket.on('error', () => members.delete(socket))
})
