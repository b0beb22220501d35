// Fails if the download of a first visit exceeds the budget: on a slow phone each 100 KiB takes a second. It also fails
// if a file contains a path of the build machine, which bin/env is meant to prevent.
import { readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync } from 'node:zlib'

// The goal is 150 (docs/decisions/0041-page-weight.md). Until it is reached again, the size may not grow.
const BUDGET_KIB = 240
const folder = process.argv[2]
const project = fileURLToPath(new URL('..', import.meta.url))
// With a trailing slash: `/root/` is a path, but `/root` may be part of a word. A home directory of `/` reveals nothing.
const privatePaths = [join(homedir(), '/'), project, 'registry/src/'].filter((path) => path !== '/')

let total = 0
let leaks = 0
for (const file of readdirSync(folder).filter((name) => /\.(js|wasm|css)$/.test(name))) {
  const raw = readFileSync(join(folder, file))
  const small = brotliCompressSync(raw).length
  total += small
  console.log(`${kib(small)} KiB with brotli, ${kib(raw.length)} KiB raw: ${file}`)
  for (const path of privatePaths) {
    const at = raw.indexOf(path)
    if (at < 0) continue
    leaks += 1
    console.error(`${file} contains a path of this machine: …${raw.toString('latin1', at, at + 100)}…`)
  }
}
console.log(`${kib(total)} KiB with brotli in total; the budget is ${BUDGET_KIB} KiB`)
if (total === 0) throw new Error(`no page in ${folder}`)
process.exitCode = total > BUDGET_KIB * 1024 || leaks > 0 ? 1 : 0

function kib(bytes) {
  return (bytes / 1024).toFixed(1).padStart(7)
}
