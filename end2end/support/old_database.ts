import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { executeSql } from './sqlite.ts'

const SCHEMA = readFileSync(join(import.meta.dirname, 'schema-4.sql'), 'utf8')

const sha256 = (...parts: (Buffer | string)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()

/** A person of commit 1728c87. All devices of the person had the same secret. */
export class OldPerson {
  /** The secret: the value of the cookie `parlor_session`. */
  readonly secret = randomBytes(16).toString('base64url')
  /** The author id, which was a hash of the secret. */
  readonly id = sha256(`parlor session\0${this.secret}`).subarray(0, 12).toString('base64url')

  constructor(readonly name: string) {}
}

interface Post {
  author: OldPerson
  text: string
}

function number(value: number) {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}

const field = (text: string) => Buffer.concat([number(Buffer.byteLength(text)), Buffer.from(text)])

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`

const blob = (bytes: Buffer) => `X'${bytes.toString('hex')}'`

/**
 * Writes the database of commit 1728c87 in which these messages were posted in the lobby. Their authors hold their names
 * and have joined and read the lobby.
 */
export function writeOldDatabase(directory: string, posts: Post[]) {
  const statements = [SCHEMA, "INSERT INTO rooms (id, name, epoch) VALUES (1, 'lobby', 'old-epoch');"]
  // `Link::next` of that commit.
  let link: Buffer = Buffer.alloc(32)
  for (const [index, { author, text }] of posts.entries()) {
    const [seq, at, clientId, salt] = [index + 1, Date.now() - 60_000 + index, randomBytes(16).toString('hex'), randomBytes(16)]
    const fields = ['posted', author.id, author.name, clientId].map(field)
    link = sha256(link, number(seq), number(at), ...fields, sha256(salt, text))
    const place = 2 ** 40 + seq
    const values = [place, at, ...[author.id, author.name, clientId].map(quote), blob(salt), quote(text), blob(link)]
    statements.push(
      `INSERT INTO messages (place, at, author, name, client_id, salt, body, link) VALUES (${values.join(', ')});`,
      `INSERT INTO receipts VALUES (${quote(clientId)}, ${quote(author.id)}, 1, ${seq}, ${at});`,
    )
  }
  for (const { id, name } of new Set(posts.map(({ author }) => author))) {
    statements.push(
      `INSERT INTO holders VALUES (${quote(id)}, ${quote(name)});`,
      `INSERT INTO memberships VALUES (${quote(id)}, 'lobby', 1764000000000);`,
      `INSERT INTO read VALUES (${quote(id)}, 1, ${posts.length});`,
    )
  }
  executeSql(directory, statements.join('\n'))
}
