import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'

interface Package {
  readonly name: string
  readonly directory: string
}

interface Fingerprints {
  packages: () => Package[]
  installFingerprint: () => string
  clientFingerprint: (install: string) => string
  buildFingerprint: (one: Package, install: string) => string
}

/** A clone with two packages, of which `web` uses `api`, and its fingerprints. */
async function openClone() {
  const root = mkdtempSync(join(tmpdir(), 'taskwire-fingerprints-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  cpSync(import.meta.dirname, join(root, 'scripts'), { recursive: true })
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  write('package.json', '{}')
  write('pnpm-lock.yaml', 'lock')
  write('apps/web/package.json', '{ "name": "web", "devDependencies": { "api": "workspace:*", "vite": "1" } }')
  write('packages/api/package.json', '{ "name": "api" }')
  write('packages/api/src/index.ts', 'export {}')
  write('apps/web/src/main.ts', 'import "api"')
  write('prisma/schema.prisma', 'model Task')
  const prints: Fingerprints = await import(pathToFileURL(join(root, 'scripts/fingerprints.mjs')).href)
  const all = () => {
    const install = prints.installFingerprint()
    const [api, web] = prints.packages()
    if (api === undefined || web === undefined) throw new Error('the clone has two packages')
    return {
      install,
      client: prints.clientFingerprint(install),
      api: prints.buildFingerprint(api, install),
      web: prints.buildFingerprint(web, install),
    }
  }
  return { write, prints, all }
}

test('a package comes after those that it uses, whatever their names', async () => {
  const { prints } = await openClone()
  expect(prints.packages().map(({ name }) => name)).toEqual(['api', 'web'])
})

test.each([
  ['the lockfile', 'pnpm-lock.yaml', ['install', 'client', 'api', 'web']],
  ['the workspace', 'pnpm-workspace.yaml', ['install', 'client', 'api', 'web']],
  ['the schema', 'prisma/schema.prisma', ['client']],
  ['a source of a package', 'packages/api/src/index.ts', ['api', 'web']],
  ['a new file of a package', 'packages/api/src/new/file.ts', ['api', 'web']],
  ['a source of a package that nobody uses', 'apps/web/src/main.ts', ['web']],
  ['the settings of the compiler', 'tsconfig.base.json', ['api', 'web']],
  ['a test', 'packages/api/src/index.test.ts', []],
  ['what was built', 'packages/api/dist/index.js', []],
  ['an installed package', 'packages/api/node_modules/x/index.js', []],
])('what has to be done again when %s changes: %3$j', async (_, file, changed) => {
  const { write, all } = await openClone()
  const before = Object.entries(all())
  write(file, 'changed')
  const after = new Map(Object.entries(all()))
  expect(before.flatMap(([name, print]) => (after.get(name) === print ? [] : [name]))).toEqual(changed)
})

test('a manifest of a package is installed from, and a text is not another one that is cut elsewhere', async () => {
  const { write, all } = await openClone()
  const before = all()
  write('packages/api/package.json', '{ "name": "api", "version": "2.0.0" }')
  expect(all().install).not.toBe(before.install)
  write('package.json', 'a')
  write('pnpm-lock.yaml', 'bc')
  const first = all().install
  write('package.json', 'ab')
  write('pnpm-lock.yaml', 'c')
  expect(all().install).not.toBe(first)
})
