import { execFileSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { atExit } from './at_exit.ts'
import { launch, type Server } from './servers.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Another commit of this repository, installed in a temporary folder. */
export interface Checkout {
  readonly name: string
  readonly path: string
  remove(): Promise<void>
}

/** Checks out a commit and installs what it needs, as `npm start` of that commit would. */
export async function checkOut(commit: string): Promise<Checkout> {
  const hash = git('rev-parse', '--verify', `${commit}^{commit}`).trim()
  const parent = await mkdtemp(join(tmpdir(), 'taskwire-against-'))
  atExit(() => rmSync(parent, { recursive: true, force: true }))
  const path = join(parent, 'repository')
  git('clone', '--quiet', '--no-checkout', root, path)
  git('-C', path, 'checkout', '--quiet', '--detach', hash)
  // Every commit has this command, and npm's first command in a fresh clone installs everything.
  execFileSync('npm', ['--silent', '--prefix', path, 'run', 'token', '--', '--help'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return { name: hash.slice(0, 7), path, remove: () => rm(parent, { recursive: true, force: true }) }
}

/** Starts the server of another commit, with the flags that it ships with, on a database of its own. */
export async function startCheckout({ name, path }: Checkout, env: Record<string, string>): Promise<Server> {
  const { heapFlags } = (await import(pathToFileURL(join(path, 'scripts/heap.mjs')).href)) as {
    heapFlags: () => string[]
  }
  const bundle = join(path, 'apps/server/dist/start.mjs')
  const program = existsSync(bundle) ? bundle : join(path, 'apps/server/src/main.ts')
  return launch(name, [process.execPath, ...heapFlags(), program], env)
}

const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' })
