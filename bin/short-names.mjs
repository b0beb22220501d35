// Renames in the page's JavaScript what `wasm-opt --minify-imports-and-exports-and-modules` has renamed in its WASM.
// wasm-bindgen's names end in 16 hexadecimal digits, which no compression makes smaller: without them the page's two
// files are 8 KiB less with brotli.
import { readFileSync, writeFileSync } from 'node:fs'

const [path, mapping] = process.argv.slice(2)
const { imports, exports } = JSON.parse(readFileSync(mapping, 'utf8'))

// All imports come from wasm-bindgen's one module. Files that were renamed before would be spoilt.
const MODULE = './parlor_bg.js'
const others = imports.filter(([module]) => module !== MODULE)
if (others.length > 0) throw new Error(`imports of ${MODULE} alone were expected: ${others}`)

const importNames = new Map(imports.map(([, name, short]) => [name, short]))
const exportNames = new Map(exports)
const script = readFileSync(path, 'utf8')
const lost = [MODULE, ...importNames.keys()].filter((name) => !script.includes(name))
if (lost.length > 0) throw new Error(`${path} does not name ${lost}`)

writeFileSync(
  path,
  script
    .replaceAll(`"${MODULE}"`, '"a"')
    .replace(/(?<![.\w$])[\w$]+/g, (name) => importNames.get(name) ?? name)
    // A call of an export, and a test for one.
    .replace(/(?<=\.)[\w$]+/g, (name) => exportNames.get(name) ?? name),
)
