// Checks the direction of dependencies between modules: `node bin/module-order.mjs`.
//
// In every crate, the modules below one parent must not depend on each other in a circle, and the top-level modules
// depend only on those that are listed before them in ORDER. A module may use items of its parents. Tests are exempt.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')

/** The top-level modules of the layered crates, lowest first. Modules on one line do not depend on each other. */
const ORDER = {
  app: [
    ['browser_cell', 'colour', 'erase', 'graphemes', 'language', 'structure', 'task'],
    ['room_name', 'dom', 'reactive'],
    ['settings'],
    ['state'],
    ['i18n'],
    ['initial_page'],
    ['wire'],
    ['unsent_store'],
    ['platform'],
    ['controller'],
    ['view'],
    ['chat_handle'],
    ['components'],
    ['document'],
  ],
  server: [['random', 'access'], ['engine'], ['chat'], ['net'], ['ws', 'http'], ['config'], ['telemetry'], ['run']],
}

/** Crates that the code of a folder must not use. */
const FORBIDDEN = [
  ['app/src/state', /\b(leptos|web_sys|js_sys|wasm_bindgen)::/],
  ['app/src/controller.rs', /\b(leptos|web_sys|js_sys|wasm_bindgen)::/],
  ['app/src/unsent_store.rs', /\b(leptos|web_sys|js_sys|wasm_bindgen)::/],
  ['server/src/access.rs', /\b(axum|leptos|parlor_app|rusqlite|tokio)::/],
  ['server/src/engine', /\b(axum|leptos|parlor_app)::/],
  ['server/src/chat', /\b(axum|leptos|parlor_app)::/],
]

/** The code of a file without comments, strings and tests. */
function code(path) {
  const text = readFileSync(path, 'utf8')
    .replace(/#\[cfg\(test\)\]\s*(pub(\(\w+\))? )?mod \w+ \{[\s\S]*$/, '')
    .replace(/#\[cfg\(test\)\]\s*(pub(\(\w+\))? )?mod \w+;/g, '')
  return text.replace(/\/\/.*|"(\\.|[^"\\])*"/g, '""')
}

/** All modules of a crate by path, as `a::b`. */
function modules(crate) {
  const found = new Map()
  const read = (path, file, folder) => {
    const text = code(file)
    found.set(path, { file, text, uses: new Map() })
    for (const [, name] of text.matchAll(/^\s*(?:pub(?:\([\w ]+\))? )?mod (\w+);/gm)) {
      const nested = [join(folder, `${name}.rs`), join(folder, name, 'mod.rs')].find(existsSync)
      if (nested) read(path ? `${path}::${name}` : name, nested, join(folder, name))
    }
  }
  const src = join(ROOT, crate, 'src')
  read('', join(src, 'lib.rs'), src)
  return found
}

/** The paths of a use tree: `a::{b, c as d}` is a::b and a::c, which is called d. */
function paths(tree, prefix = '') {
  const open = tree.indexOf('{')
  if (open < 0) {
    const [path, name] = (prefix + tree).split(/\s+as\s+/)
    return [{ path: path.trim().replace(/::self$/, ''), name: (name ?? path.replace(/::self$/, '').split('::').pop()).trim() }]
  }
  const inside = tree.slice(open + 1, tree.lastIndexOf('}'))
  const parts = []
  let depth = 0
  let part = ''
  for (const letter of inside) {
    depth += letter === '{' ? 1 : letter === '}' ? -1 : 0
    if (letter === ',' && depth === 0) parts.push(part)
    part = letter === ',' && depth === 0 ? '' : part + letter
  }
  return [...parts, part].filter((part) => part.trim()).flatMap((part) => paths(part.trim(), prefix + tree.slice(0, open).trim()))
}

/** The module that a path in a module leads to, through re-exports; undefined outside of the crate. */
function resolve(all, from, path, depth = 0) {
  const segments = path.split('::')
  let at = from
  if (segments[0] === 'crate') at = ''
  else if (segments[0] === 'super') at = parent(from)
  else if (segments[0] !== 'self') {
    const child = join2(from, segments[0])
    const used = all.get(from)?.uses.get(segments[0])
    if (all.has(child)) segments.unshift('self')
    else if (used && depth < 8) return resolve(all, from, [used, ...segments.slice(1)].join('::'), depth + 1)
    else return undefined
  }
  let rest = segments.slice(1)
  while (rest[0] === 'super') [at, rest] = [parent(at), rest.slice(1)]
  while (rest.length && all.has(join2(at, rest[0]))) [at, rest] = [join2(at, rest[0]), rest.slice(1)]
  const reexported = rest.length && at !== from ? all.get(at)?.uses.get(rest[0]) : undefined
  if (reexported && depth < 8) return resolve(all, at, [reexported, ...rest.slice(1)].join('::'), depth + 1) ?? at
  return at
}

const parent = (path) => path.split('::').slice(0, -1).join('::')
const join2 = (path, name) => (path ? `${path}::${name}` : name)

/** The edges between modules: from, to. */
function edges(all) {
  for (const module of all.values()) {
    const trees = [...module.text.matchAll(/\buse ([^;]+);/g)].map(([, tree]) => tree.replace(/\s+/g, ' '))
    const imports = trees.flatMap((tree) => paths(tree))
    module.imports = imports.map(({ path }) => path.replace(/::\*$/, ''))
    // Names are resolved by the first import: later ones may be local to a function or a macro.
    module.uses = new Map(imports.toReversed().map(({ name, path }) => [name, path]))
  }
  const found = []
  for (const [path, module] of all) {
    const inline = [...module.text.matchAll(/\b(?:crate|super|self)(?:::\w+)+/g)].map(([name]) => name)
    const used = [...module.imports, ...inline]
    for (const name of used) {
      const target = resolve(all, path, name)
      if (target !== undefined && target !== path) found.push([path, target])
    }
  }
  return found
}

/** Lifts edges to the siblings below each parent: parent → (module → modules that it uses). */
function siblings(found) {
  const levels = new Map()
  for (const [from, to] of found) {
    const [a, b] = [from.split('::'), to.split('::')]
    let shared = 0
    while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared++
    if (!a[shared] || !b[shared]) continue
    const level = a.slice(0, shared).join('::')
    const graph = levels.get(level) ?? levels.set(level, new Map()).get(level)
    const uses = graph.get(a[shared]) ?? graph.set(a[shared], new Map()).get(a[shared])
    uses.set(b[shared], `${from} uses ${to}`)
  }
  return levels
}

function cycle(graph) {
  const done = new Set()
  const visit = (node, trail) => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node]
    if (done.has(node)) return undefined
    for (const next of graph.get(node)?.keys() ?? []) {
      const found = visit(next, [...trail, node])
      if (found) return found
    }
    done.add(node)
    return undefined
  }
  for (const node of graph.keys()) {
    const found = visit(node, [])
    if (found) return found
  }
  return undefined
}

const problems = []
for (const crate of ['.', 'app', 'bench', 'frontend', 'markup', 'server', 'torture']) {
  const levels = siblings(edges(modules(crate)))
  for (const [level, graph] of levels) {
    const circle = cycle(graph)
    if (circle) {
      const steps = circle.slice(1).map((node, index) => `  ${graph.get(circle[index]).get(node)}`)
      problems.push(`${join(crate, 'src')}: a cycle below ${level || 'the crate'}: ${circle.join(' → ')}\n${steps.join('\n')}`)
    }
  }
  const rank = new Map(ORDER[crate]?.flatMap((names, index) => names.map((name) => [name, index])))
  for (const [module, uses] of levels.get('') ?? []) {
    for (const [used, where] of uses) {
      if (!ORDER[crate]) continue
      if (!rank.has(module) || !rank.has(used)) problems.push(`${crate}: ${module} or ${used} is not in ORDER`)
      else if (rank.get(used) >= rank.get(module)) problems.push(`${crate}: ${module} must not use ${used} (${where})`)
    }
  }
}

function* files(path) {
  if (path.endsWith('.rs')) yield path
  else for (const entry of readdirSync(path)) if (entry.endsWith('.rs') || !entry.includes('.')) yield* files(join(path, entry))
}

for (const [folder, forbidden] of FORBIDDEN) {
  for (const file of files(join(ROOT, folder))) {
    const found = forbidden.exec(code(file))
    if (found) problems.push(`${file.slice(ROOT.length + 1)} must not use ${found[1]}`)
  }
}

for (const problem of problems) console.error(problem)
process.exitCode = problems.length ? 1 : 0
