// Removes from the page's WASM and JavaScript what no page uses: `node bin/strip-page.mjs parlor.wasm parlor.js`. In KiB
// with brotli it saves
// - 1.7: exports with their classes, so that `wasm-opt` removes the code behind them. They belong to the streams of server
//   functions, which Leptos always compiles in;
// - 0.4: the paths of library sources, 0.2: errors of files and sockets, 0.2: panics about threads, and 0.3: what JavaScript
//   writes of a value. All are for panic messages, which release builds do not have.
import { readFileSync, writeFileSync } from 'node:fs'

const [wasmPath, scriptPath] = process.argv.slice(2)
const UNUSED = /^_*(wbg_)?intounderlying/
const CLASSES =
  /export class (IntoUnderlying\w+)\{.*?\}Symbol\.dispose&&\(\1\.prototype\[Symbol\.dispose\]=\1\.prototype\.free\);/g

const EXPORT_SECTION = 7
const DATA_SECTION = 11
/** A path that can't be part of another text: `bin/env` maps libraries to these roots. */
const SOURCE_PATH = /\/(?:rustc\/[0-9a-f]{40}|crates)(?:\/[\w.+-]+?)+?\.rs/g
/** What the standard library says of errors of files and sockets, which a page does not have. */
const IO_ERRORS = /entity not foundpermission denied[a-z().\- ]+uncategorized error/
/** Panics of the standard library about threads, of which a page has one. */
const PANICS =
  /(?:Once|LazyLock) instance has previously been poisoned|one-time initialization may not be performed recursively|use of std::thread::current\(\) is not possible after the thread's local data has been destroyed|failed to generate unique thread ID: bitspace exhausted|Attempted to initialize thread-local while it is being dropped|cannot access a Thread Local Storage value during or after destruction: |attempted to take ownership of Rust value while it was borrowed|Arc counter overflow/g
const wasm = readFileSync(wasmPath)

/** Reads an unsigned LEB128 number: its value, and the offset behind it. */
function read(offset) {
  let value = 0
  for (let shift = 0; ; shift += 7) {
    const byte = wasm[offset++]
    value += (byte & 127) * 2 ** shift
    if (byte < 128) return [value, offset]
  }
}

function encode(value) {
  const bytes = []
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128)
  return Buffer.from([...bytes, value])
}

/** The content of the export section without the unused exports. */
function usedExports(start) {
  const [count, first] = read(start)
  const kept = []
  let offset = first
  for (let item = 0; item < count; item++) {
    const [length, name] = read(offset)
    const end = read(name + length + 1)[1]
    if (!UNUSED.test(wasm.toString('utf8', name, name + length))) kept.push(wasm.subarray(offset, end))
    offset = end
  }
  if (kept.length === count) throw new Error('the exports to be removed are not there')
  return Buffer.concat([encode(kept.length), ...kept])
}

/** The content of the data section with unused texts as zeros, at the same offsets. */
function withoutTexts(content) {
  let text = content.toString('latin1')
  for (const unused of [SOURCE_PATH, IO_ERRORS, PANICS]) {
    const shorter = text.replace(unused, (found) => '\0'.repeat(found.length))
    if (shorter === text) throw new Error(`no text to be removed matches ${unused}`)
    text = shorter
  }
  return Buffer.from(text, 'latin1')
}

const sections = [wasm.subarray(0, 8)]
for (let offset = 8; offset < wasm.length; ) {
  const [size, start] = read(offset + 1)
  let content = wasm.subarray(start, start + size)
  if (wasm[offset] === EXPORT_SECTION) content = usedExports(start)
  if (wasm[offset] === DATA_SECTION) content = withoutTexts(content)
  sections.push(wasm.subarray(offset, offset + 1), encode(content.length), content)
  offset = start + size
}
writeFileSync(wasmPath, Buffer.concat(sections))

const script = readFileSync(scriptPath, 'utf8')
const shorter = script.replace(CLASSES, '')
if (shorter.includes('class IntoUnderlying')) throw new Error('a class of the removed exports is left')
const DEBUG_TEXT = /function \w+\(\w+\)\{switch\(typeof \w+\)\{case"number".*?return \w+\}\}\}\((\w+)\)/s
if (!DEBUG_TEXT.test(shorter)) throw new Error('the text of a value for panic messages is not there')
writeFileSync(scriptPath, shorter.replace(DEBUG_TEXT, 'String($1)'))
