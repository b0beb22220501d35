// Removes exports from the page's WASM that no page uses, with their classes in its JavaScript, so that `wasm-opt` removes
// the code behind them: `node bin/drop-exports.mjs parlor.wasm parlor.js`. They belong to the streams of server functions,
// which Leptos always compiles in. That saves 1.7 KiB with brotli. It also shortens what JavaScript writes of a value for a
// panic message, which release builds do not have: 0.3 KiB.
import { readFileSync, writeFileSync } from 'node:fs'

const [wasmPath, scriptPath] = process.argv.slice(2)
const UNUSED = /^_*(wbg_)?intounderlying/
const CLASSES =
  /export class (IntoUnderlying\w+)\{.*?\}Symbol\.dispose&&\(\1\.prototype\[Symbol\.dispose\]=\1\.prototype\.free\);/g

const EXPORT_SECTION = 7
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

const sections = [wasm.subarray(0, 8)]
for (let offset = 8; offset < wasm.length; ) {
  const [size, start] = read(offset + 1)
  const content = wasm[offset] === EXPORT_SECTION ? usedExports(start) : wasm.subarray(start, start + size)
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
