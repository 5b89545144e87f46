import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { removeUnusedFiles } from './unused_files.mjs'

const CLIENT = '.pnpm/@prisma+client@7/node_modules/@prisma/client/runtime'
const COMMAND = '.pnpm/prisma@7/node_modules/prisma/build'

function installed(...files: readonly string[]): string {
  const nodeModules = mkdtempSync(join(tmpdir(), 'taskwire-unused-'))
  onTestFinished(() => rmSync(nodeModules, { recursive: true }))
  for (const file of files) {
    mkdirSync(dirname(join(nodeModules, file)), { recursive: true })
    writeFileSync(join(nodeModules, file), '')
  }
  return nodeModules
}

function filesOf(nodeModules: string): string[] {
  const entries = readdirSync(nodeModules, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
}

test('what the generated client imports is kept, and the compilers for other databases are not', () => {
  const generated = readFileSync(join(import.meta.dirname, '../prisma/generated/internal/class.ts'), 'utf8')
  const imported = [...generated.matchAll(/import\("@prisma\/client\/runtime\/([^"]+)"\)/g)].map(
    ([, file]) => file ?? '',
  )
  expect(imported).toHaveLength(2)
  const others = ['query_compiler_fast_bg.sqlite.wasm-base64.mjs', 'query_compiler_small_bg.postgresql.mjs']
  const nodeModules = installed(...[...imported, ...others, 'client.mjs'].map((name) => `${CLIENT}/${name}`))
  removeUnusedFiles(nodeModules)
  expect(new Set(filesOf(nodeModules))).toEqual(new Set(['client.mjs', ...imported]))
})

test('of other packages only the source maps are removed', () => {
  const kept = [`${COMMAND}/cli.js`, '.pnpm/a@1/node_modules/a/studio.js', '.pnpm/a@1/node_modules/a/index.js']
  const nodeModules = installed(...kept, `${COMMAND}/studio.js`, '.pnpm/a@1/node_modules/a/index.js.map')
  removeUnusedFiles(nodeModules)
  expect(new Set(filesOf(nodeModules))).toEqual(new Set(['cli.js', 'index.js', 'studio.js']))
})

test('nothing is removed where packages are laid out in another way', () => {
  const nodeModules = installed('a/index.js.map')
  removeUnusedFiles(nodeModules)
  expect(filesOf(nodeModules)).toEqual(['index.js.map'])
})

test('what is linked is left to the place where it lies', () => {
  const nodeModules = installed('.pnpm/a@1/node_modules/a/index.js.map', 'of_the_workspace/dist/main.js.map')
  mkdirSync(join(nodeModules, '.pnpm/b@1/node_modules'), { recursive: true })
  symlinkSync('../../a@1/node_modules/a', join(nodeModules, '.pnpm/b@1/node_modules/a'))
  symlinkSync('../../../of_the_workspace', join(nodeModules, '.pnpm/b@1/node_modules/c'))
  removeUnusedFiles(nodeModules)
  expect(readdirSync(join(nodeModules, '.pnpm/a@1/node_modules/a'))).toEqual([])
  expect(readdirSync(join(nodeModules, 'of_the_workspace/dist'))).toEqual(['main.js.map'])
})
