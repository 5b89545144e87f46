// `pnpm check:layout`: product folders (every `src`) hold no test code. A source file must not import vitest or a
// `testing` folder, and must be used by the product: a file that only tests import belongs in a `testing` folder.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
}).split('\0')
const code = tracked.filter((file) => /\.(tsx?|mjs)$/.test(file))
const isTest = (file) => /\.(test|trial)\.tsx?$/.test(file)
/** Other than types that TypeScript finds by itself. */
const isProduct = (file) => /(^|\/)src\//.test(file) && !isTest(file) && !file.endsWith('.d.ts')

/** Files that are started or published rather than imported. */
const ENTRIES = [
  ...read('scripts/commands.mjs').matchAll(/'([\w./]+\.ts)'/g),
  ...tracked.filter((file) => file.endsWith('package.json')).flatMap(entriesOf),
].map(([, file]) => file)

/** The importers of each file. */
const importers = new Map()
for (const file of code) {
  for (const target of importsOf(file)) importers.set(target, [...(importers.get(target) ?? []), file])
}

const problems = code.filter(isProduct).flatMap((file) => {
  const text = read(file)
  if (/from ['"]vitest['"]|from ['"][^'"]*(\/testing\/|\/testing['"])/.test(text)) return [`${file}: imports test code`]
  const users = importers.get(file) ?? []
  if (ENTRIES.includes(file) || users.some(isProduct) || file.endsWith('main.tsx')) return []
  return [`${file}: is not used by the product (imported by ${users.join(', ') || 'nothing'})`]
})
for (const problem of problems) process.stdout.write(`${problem}\n`)
if (problems.length > 0) process.exit(1)

function read(file) {
  return readFileSync(join(root, file), 'utf8')
}

function entriesOf(manifest) {
  const { exports: exported = {}, bin = {} } = JSON.parse(read(manifest))
  const targets = [...Object.values(exported), ...Object.values(bin)].filter((target) => typeof target === 'string')
  // What is published is built: `dist/main.js` from `src/main.ts`.
  const sources = targets.map((target) => target.replace(/^(\.\/)?dist\/(.*)\.js$/, 'src/$2.ts'))
  return sources.map((source) => [manifest, normalize(join(dirname(manifest), source))])
}

/** The files of the project that a file imports or starts by a relative path. */
function importsOf(file) {
  const specifiers = read(file).matchAll(
    /(?:from|import|import\(|resolve\(|URL\()\s*['"](\.{1,2}\/[^'"]+|[\w-]+\.ts)['"]/g,
  )
  return [...specifiers].map(([, specifier]) => normalize(join(dirname(file), specifier)))
}
