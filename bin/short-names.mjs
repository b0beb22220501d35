// Renames in the page's JavaScript what `wasm-opt --minify-imports-and-exports-and-modules` has renamed in its WASM.
// wasm-bindgen's names end in 16 hexadecimal digits, which no compression makes smaller: without them the page's two
// files are 8 KiB less with brotli.
import { readFileSync, writeFileSync } from 'node:fs'

const [script, mapping] = process.argv.slice(2)
const { imports, exports } = JSON.parse(readFileSync(mapping, 'utf8'))

const modules = new Set(imports.map(([module]) => module))
if (modules.size !== 1) throw new Error(`one module of imports was expected: ${[...modules]}`)
const [module] = modules

const importNames = new Map(imports.map(([, name, short]) => [name, short]))
const exportNames = new Map(exports)
const seen = new Set()
const rename = (names, name, otherwise) => {
  if (!names.has(name)) return otherwise
  seen.add(name)
  return names.get(name)
}
const renamed = readFileSync(script, 'utf8')
  .replaceAll(JSON.stringify(module), () => rename(new Map([[module, '"a"']]), module))
  .replace(/(?<![.\w$])[\w$]+/g, (name) => rename(importNames, name, name))
  // A call of an export, and a test for one.
  .replace(/(?<=\.)[\w$]+/g, (name) => rename(exportNames, name, name))

const lost = [module, ...importNames.keys()].filter((name) => !seen.has(name))
if (lost.length > 0) throw new Error(`${script} does not name ${lost}`)
writeFileSync(script, renamed)
