import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

// The published package holds the packages of the workspace that it is made of, in the folders that they have here: what
// the compiler reaches from the entries, and the migrations. Imports between them become relative.
const here = import.meta.dirname
const root = join(here, '../..')
const dist = process.argv[2] ?? join(here, 'dist')
const written = mkdtempSync(join(tmpdir(), 'taskwire-api-'))
try {
  const compiler = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')))
  execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', written], {
    cwd: here,
    stdio: 'inherit',
  })
  cpSync(join(root, 'prisma/migrations'), join(written, 'prisma/migrations'), { recursive: true })
  // As in the root of the workspace: what the migrations read the version from.
  const { version, type } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  writeFileSync(join(written, 'package.json'), JSON.stringify({ version, type }))
  for (const file of readdirSync(written, { recursive: true, encoding: 'utf8' })) {
    if (/\.(js|d\.ts)$/.test(file)) writeFileSync(join(written, file), withRelativeImports(file))
  }
  rmSync(dist, { recursive: true, force: true })
  cpSync(written, dist, { recursive: true })
} finally {
  rmSync(written, { recursive: true, force: true })
}

function withRelativeImports(file: string): string {
  const imports = /((?:\bfrom |\bimport ?\(?))(['"])((?:@taskwire\/|\.\.?\/)[^'"]+)\2/g
  return readFileSync(join(written, file), 'utf8').replace(
    imports,
    (_, keyword: string, quote: string, name: string) => {
      const target = name.startsWith('@taskwire/') ? relativePath(file, sourceOf(name)) : name
      return `${keyword}${quote}${target.replace(/\.ts$/, '.js')}${quote}`
    },
  )
}

function relativePath(from: string, to: string): string {
  const path = relative(dirname(from), to)
  return path.startsWith('.') ? path : `./${path}`
}

/** The source of a package's entry, from the root of the workspace. */
function sourceOf(specifier: string): string {
  const [scope, name = '', ...rest] = specifier.split('/')
  const directory = name === 'db' ? 'prisma' : `packages/${name}`
  const { exports: entries } = JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'))
  const entry: unknown = entries[['.', ...rest].join('/')]
  if (typeof entry !== 'string') throw new Error(`${scope}/${name} has no entry ${rest.join('/')}`)
  return join(directory, entry)
}
