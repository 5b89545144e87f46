import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { withLock } from '../../../../scripts/lock.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
export const dist = join(root, 'dist')

/** Builds the app unless what is built is newer than its source. Test files at once build it once. */
export async function buildApp(): Promise<void> {
  if (await isFresh()) return
  await withLock(join(root, 'node_modules', '.building'), async () => {
    if (await isFresh()) return
    // A process of its own, because in a test's process Vite would build for tests.
    const vite = join(root, 'node_modules/vite/bin/vite.js')
    await promisify(execFile)(process.execPath, [vite, 'build'], {
      cwd: root,
      env: { ...process.env, NODE_ENV: 'production' },
    })
  })
}

async function isFresh(): Promise<boolean> {
  const page = join(dist, 'index.html')
  if (!existsSync(page)) return false
  const builtAt = (await stat(page)).mtimeMs
  const sources = ['src', 'build', 'public'].map((folder) =>
    readdir(join(root, folder), { recursive: true, withFileTypes: true }),
  )
  const inFolders = (await Promise.all(sources)).flat().filter((entry) => entry.isFile())
  const files = [
    ...['index.html', 'vite.config.ts', 'package.json'].map((name) => join(root, name)),
    ...inFolders.map(({ parentPath, name }) => join(parentPath, name)),
  ]
  const times = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs))
  return times.every((time) => time <= builtAt)
}
