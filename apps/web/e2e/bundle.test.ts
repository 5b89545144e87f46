import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { buildApp, dist } from './rig/build_app.ts'

beforeAll(buildApp)

/** The scripts of the first screen: those that the page names, and their static imports. */
async function firstLoad(): Promise<Map<string, Buffer>> {
  const page = await readFile(join(dist, 'index.html'), 'utf8')
  const files = new Map<string, Buffer>()
  const queue = [...page.matchAll(/"\/(assets\/[^"]+\.js)"/g)].map(([, file = '']) => file)
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(file)) continue
    const source = await readFile(join(dist, file))
    files.set(file, source)
    const imports = source.toString().matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)
    queue.push(...[...imports].map(([, name = '']) => `assets/${name}`))
  }
  return files
}

test('the first screen loads at most 90 KB of compressed JavaScript', async () => {
  const sizes = [...(await firstLoad()).values()].map((source) => gzipSync(source, { level: 9 }).length)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  expect(total).toBeGreaterThan(50_000)
  expect(total).toBeLessThanOrEqual(90_000)
})

test('the page has its styles and no inline script, and names no other host', async () => {
  const page = await readFile(join(dist, 'index.html'), 'utf8')
  expect(page).toMatch(/<style>[\s\S]*\.auth-card/)
  expect(page).not.toMatch(/rel="stylesheet"|style=|\son\w+=|javascript:|url\((?!\/)/)
  expect(page).not.toMatch(/<script(?![^>]*\ssrc=)/)
  expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
})

test('every file that a script loads later is in the build', async () => {
  const folder = join(dist, 'assets')
  const files = await readdir(folder)
  const scripts = files.filter((file) => file.endsWith('.js'))
  const sources = await Promise.all(scripts.map((file) => readFile(join(folder, file), 'utf8')))
  const named = sources.flatMap((source) => [...source.matchAll(/"assets\/([^"]+)"/g)].map(([, name]) => name))
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((name) => name === undefined || !files.includes(name))).toEqual([])
})
