import { createHash } from 'node:crypto'
import { existsSync, lchownSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { type Account, reachableBy, serverAccount } from './account.ts'
import { type Binaries, installedBinaries, unavailable } from './binaries.ts'

export type Home = {
  /** Holds the cluster, its password, socket and log. Only the server's account enters it. */
  directory: string
  data: string
  binaries: string
  account: Account | undefined
}

/**
 * Where the embedded database of a data directory lives: inside of it, or, where we are root and the server's account
 * could not get there (a clone under a home of mode 700), in /var/lib/taskwire.
 */
export async function homeOf(dataDir: string, log: (message: string) => void): Promise<Home> {
  const installed = await installedBinaries()
  const inside = join(dataDir, 'postgres')
  const elsewhere = await pointedTo(dataDir)
  const account = serverAccount(join(elsewhere ?? inside, 'data'))
  if (account === undefined) {
    await refuseForeign(inside, elsewhere)
    return prepared(inside, join(installed.directory, 'bin'), account)
  }
  const binariesReached = reachableBy(account, join(installed.directory, 'bin', 'postgres'))
  const stays =
    elsewhere === undefined && (existsSync(join(inside, 'data')) || (binariesReached && reachableBy(account, dataDir)))
  if (stays && binariesReached) return prepared(inside, join(installed.directory, 'bin'), account)
  const directory = stays ? inside : (elsewhere ?? (await relocated(dataDir)))
  if (!stays) log(`the embedded database is in ${directory}: its user cannot reach ${dataDir}`)
  const home = await prepared(directory, join(directory, 'native', 'bin'), account)
  await copyBinaries(installed, home)
  return home
}

/** The place outside that this data directory has. One that is gone is not replaced by an empty database in silence. */
async function pointedTo(dataDir: string): Promise<string | undefined> {
  const directory = await readFile(pointerIn(dataDir), 'utf8').catch(() => undefined)
  if (directory === undefined || process.getuid?.() !== 0 || existsSync(join(directory, 'data'))) return directory
  // Set up so far that it was named, but not so far that it held anything.
  if (existsSync(directory)) return directory
  const why = `of ${dataDir} was in ${directory}, which is gone: restore it, or delete ${pointerIn(dataDir)} to begin empty`
  throw unavailable(why)
}

function pointerIn(dataDir: string): string {
  return join(dataDir, 'postgres.path')
}

/** A new place for a data directory that has none. What an earlier directory at the same path left is put aside. */
async function relocated(dataDir: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await realpath(dataDir))
    .digest('hex')
    .slice(0, 16)
  const directory = `/var/lib/taskwire/${hash}`
  if (existsSync(directory)) await rename(directory, `${directory}.until-${Date.now()}`)
  await mkdir('/var/lib/taskwire', { recursive: true, mode: 0o755 })
  await mkdir(directory, { mode: 0o700 })
  await writeFile(pointerIn(dataDir), directory)
  return directory
}

async function prepared(directory: string, binaries: string, account: Account | undefined): Promise<Home> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const owner = await stat(directory)
  if (account && owner.uid !== account.uid) await giveTo(account, directory)
  return { directory, data: join(directory, 'data'), binaries, account }
}

async function refuseForeign(inside: string, elsewhere: string | undefined): Promise<void> {
  const owner = (await stat(inside).catch(() => undefined))?.uid
  if (elsewhere === undefined && (owner === undefined || owner === process.getuid?.())) return
  const line = `in ${elsewhere ?? inside} belongs to another user: start as that user or as root, choose another TASKWIRE_DATA_DIR`
  throw unavailable(line)
}

async function copyBinaries({ directory, version }: Binaries, home: Home): Promise<void> {
  const to = dirname(home.binaries)
  const mark = join(to, 'version')
  if ((await readFile(mark, 'utf8').catch(() => '')) === version) return
  const half = `${to}.new`
  await rm(half, { recursive: true, force: true })
  // Static libraries and headers of the build are a tenth of it and serve nobody here.
  await cp(directory, half, { recursive: true, verbatimSymlinks: true, filter: (path) => extname(path) !== '.a' })
  await writeFile(join(half, 'version'), version)
  if (home.account) await giveTo(home.account, half)
  await rm(to, { recursive: true, force: true })
  await rename(half, to)
}

async function giveTo({ uid, gid }: Account, directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  for (const entry of entries) lchownSync(join(entry.parentPath, entry.name), uid, gid)
  lchownSync(directory, uid, gid)
  await chmod(directory, 0o700)
}
