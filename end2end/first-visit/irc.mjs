// A minimal IRC server (RFC 1459) with one channel of messages.
import { createServer } from 'node:net'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** Serves one channel, in which a bot sends messages to everyone who joins. */
export async function irc(channel, messages) {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    const say = (...lines) => socket.write(lines.map((line) => `${line}\r\n`).join(''))
    let nick = '*'
    createInterface({ input: socket }).on('line', (line) => {
      const [command, first = '', ...rest] = line.trim().split(' ')
      const numeric = (code, text) => say(`:irc ${code} ${nick} ${text}`)
      if (command === 'CAP' && first === 'LS') say('CAP * LS :')
      if (command === 'NICK') nick = first
      if (command === 'USER') ['001', '002', '003'].forEach((code) => numeric(code, ':Welcome'))
      if (command === 'USER') {
        numeric('005', `CHANTYPES=# PREFIX=(ov)@+ NETWORK=irc :are supported`)
        numeric('422', ':No message of the day')
      }
      if (command === 'PING') say(`:irc PONG irc ${first}`)
      if (command === 'WHO') numeric('315', `${first} :End`)
      if (command === 'MODE' && first === channel && !rest.length) numeric('324', `${channel} +nt`)
      if (command === 'JOIN' && first === channel) {
        say(`:${nick}!${nick}@here JOIN ${channel}`)
        numeric('353', `= ${channel} :${nick} bot`)
        numeric('366', `${channel} :End`)
        say(...messages.map((text) => `:bot!bot@here PRIVMSG ${channel} :${text}`))
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: server.address().port, end: () => server.close() }
}
