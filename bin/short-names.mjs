// Applies the renames of `wasm-opt --minify-imports-and-exports-and-modules` in the page's WASM to its JavaScript.
// wasm-bindgen's names end in 16 hexadecimal digits, which do not compress. Without them the page's two files are 8 KiB
// smaller with brotli.
import { readFileSync, writeFileSync } from 'node:fs'

const [path, mapping] = process.argv.slice(2)
const { imports, exports } = JSON.parse(readFileSync(mapping, 'utf8'))

// All imports come from wasm-bindgen's single module. Files that were already renamed would be corrupted.
const MODULE = './parlor_bg.js'
const others = imports.filter(([module]) => module !== MODULE)
if (others.length > 0) throw new Error(`only imports of ${MODULE} were expected: ${others}`)

const importNames = new Map(imports.map(([, name, short]) => [name, short]))
const exportNames = new Map(exports)
const script = readFileSync(path, 'utf8')
const lost = [MODULE, ...importNames.keys()].filter((name) => !script.includes(name))
if (lost.length > 0) throw new Error(`${path} does not contain ${lost}`)

writeFileSync(
  path,
  script
    .replaceAll(`"${MODULE}"`, '"a"')
    .replace(/(?<![.\w$])[\w$]+/g, (name) => importNames.get(name) ?? name)
    // Calls of exports, and checks whether they exist.
    .replace(/(?<=\.)[\w$]+/g, (name) => exportNames.get(name) ?? name),
)
