// Bun's built-in publish/subscribe: each room is a topic.
const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch(request, server) {
    const room = new URL(request.url).searchParams.get('room') ?? ''
    return server.upgrade(request, { data: { room, name: undefined } }) ? undefined : new Response('', { status: 400 })
  },
  websocket: {
    idleTimeout: 0,
    backpressureLimit: 1 << 30,
    open(socket) {
      socket.subscribe(socket.data.room)
    },
    message(socket, text) {
      const { data } = socket
      const message = data.name === undefined ? `${text} has joined the chat` : text
      data.name ??= text
      server.publish(data.room, JSON.stringify({ username: data.name, message }))
    },
  },
})
console.log(`ready: 127.0.0.1:${server.port}`)
