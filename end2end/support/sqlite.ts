import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const PROGRAM = 'import sqlite3, sys; sqlite3.connect(sys.argv[1], 10).executescript(sys.stdin.read())'

/** Executes SQL in the database of a data directory. */
export function executeSql(directory: string, sql: string) {
  execFileSync('python3', ['-c', PROGRAM, join(directory, 'parlor.db')], { input: sql })
}
