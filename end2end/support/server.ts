import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { executeSql } from './sqlite.ts'

const BINARY = resolve(import.meta.dirname, '../../target/release/parlor')

/** The release binary with its own data directory, on a port that stays the same after restarts. */
export class Server {
  private readonly data = mkdtempSync(join(tmpdir(), 'parlor-end2end-'))
  private process?: ChildProcess
  private wanted = 0
  log = ''

  private constructor(private readonly flags: string[]) {}

  static async start(flags: string[]) {
    const server = new Server(flags)
    await server.start()
    return server
  }

  get port() {
    return this.wanted
  }

  get address() {
    return `http://127.0.0.1:${this.wanted}`
  }

  async start() {
    const args = ['--listen', `127.0.0.1:${this.wanted}`, '--data', this.data, ...this.flags]
    const started = spawn(BINARY, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.process = started
    started.stderr.on('data', (text) => (this.log += text))
    this.wanted = await this.listens(started)
    const health = await fetch(`${this.address}/healthz`)
    if (health.status !== 200) throw new Error(`/healthz says ${health.status}`)
  }

  /** Waits until the server listens, and parses the port from the line that it prints then. */
  private async listens(started: ChildProcess) {
    for await (const line of createInterface({ input: started.stdout! })) {
      this.log += `${line}\n`
      const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1]
      if (port) {
        started.stdout!.resume()
        return Number(port)
      }
    }
    throw new Error(`the server ended before it listened:\n${this.log}`)
  }

  /** Runs a command beside the server, and returns what it prints. */
  private run(command: string, ...flags: string[]) {
    return execFileSync(BINARY, [command, '--data', this.data, ...flags], { encoding: 'utf8' }).trim()
  }

  /** The path of a new link to become an owner, as `parlor owner` prints it. */
  ownerLink() {
    const printed = this.run('owner', '--listen', `127.0.0.1:${this.wanted}`)
    return /\/invite\/\S+/.exec(printed)?.[0] ?? printed
  }

  /** A new bot token for a room, as `parlor token` prints it. */
  botToken(room: string) {
    return this.run('token', '--name', 'test', '--room', room)
  }

  /** Lets the time pass after which the invitations that there are can't be used. */
  expireInvitations() {
    executeSql(this.data, 'BEGIN IMMEDIATE; UPDATE invitations SET expires = 1; COMMIT;')
  }

  /** Stops the server with SIGTERM, as a service manager does, and waits until it has exited. */
  async stop() {
    const running = this.process
    this.process = undefined
    if (!running || running.exitCode !== null) return
    running.kill('SIGTERM')
    await once(running, 'exit')
  }

  /** Deletes all data of the stopped server. */
  deleteData() {
    rmSync(this.data, { recursive: true })
    mkdirSync(this.data)
  }

  /** Replaces all data of the stopped server: `write` gets its data directory, which is empty then. */
  replaceData(write: (directory: string) => void) {
    this.deleteData()
    write(this.data)
  }

  /** Copies the data of the stopped server. Returns a function that restores the copy. */
  backUp() {
    const copy = `${this.data}-copy`
    cpSync(this.data, copy, { recursive: true })
    return () => {
      rmSync(this.data, { recursive: true })
      cpSync(copy, this.data, { recursive: true })
      rmSync(copy, { recursive: true })
    }
  }

  async end() {
    await this.stop()
    rmSync(this.data, { recursive: true })
  }
}
