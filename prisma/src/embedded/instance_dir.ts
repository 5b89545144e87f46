import { createHash } from 'node:crypto'
import { existsSync, lchownSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, extname, join } from 'node:path'
import { type Account, reachableBy, serverAccount } from './account.ts'
import { type Binaries, installedBinaries, linkLibraries, unavailable } from './binaries.ts'

export type InstanceDir = {
  /** Holds the cluster, its password, socket and log. Only the server's account can enter it. */
  directory: string
  data: string
  binaries: string
  account: Account | undefined
}

/**
 * The directory of the embedded database for a data directory: inside it or, when running as root and the server's
 * account cannot reach it (a clone below a home directory of mode 700), in /var/lib/taskwire.
 */
export async function instanceDirOf(
  dataDir: string,
  log: (message: string) => void,
  installed?: Binaries,
): Promise<InstanceDir> {
  installed ??= await installedBinaries()
  const inside = join(dataDir, 'postgres')
  const elsewhere = await recordedLocation(dataDir)
  const account = serverAccount(join(elsewhere ?? inside, 'data'))
  if (account === undefined) {
    await assertOwned(inside, elsewhere)
    if (!installed.isLinked) return prepareWithCopy(installed, inside, account)
    return prepare(inside, join(installed.directory, 'bin'), account)
  }
  const binariesReached = reachableBy(account, join(installed.directory, 'bin', 'postgres'))
  const stays =
    elsewhere === undefined && (existsSync(join(inside, 'data')) || (binariesReached && reachableBy(account, dataDir)))
  if (stays && binariesReached && installed.isLinked) return prepare(inside, join(installed.directory, 'bin'), account)
  const directory = stays ? inside : (elsewhere ?? (await relocate(dataDir)))
  if (!stays) log(`the embedded database is in ${directory}: its user cannot reach ${dataDir}`)
  return prepareWithCopy(installed, directory, account)
}

async function prepareWithCopy(
  installed: Binaries,
  directory: string,
  account: Account | undefined,
): Promise<InstanceDir> {
  const instance = await prepare(directory, join(directory, 'native', 'bin'), account)
  await copyBinaries(installed, instance)
  return instance
}

/** The recorded location outside the data directory, if any. A missing one is never silently replaced by an empty database. */
async function recordedLocation(dataDir: string): Promise<string | undefined> {
  const directory = await readFile(pointerFile(dataDir), 'utf8').catch(() => undefined)
  if (directory === undefined || process.getuid?.() !== 0 || existsSync(join(directory, 'data'))) return directory
  // The set-up was interrupted after the location was recorded and before it held any data.
  if (existsSync(directory)) return directory
  const why = `of ${dataDir} was in ${directory}, which is gone: restore it, or delete ${pointerFile(dataDir)} to begin empty`
  throw unavailable(why)
}

function pointerFile(dataDir: string): string {
  return join(dataDir, 'postgres.path')
}

/** Creates a location outside the data directory. What an earlier directory at the same path left is moved aside. */
async function relocate(dataDir: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await realpath(dataDir))
    .digest('hex')
    .slice(0, 16)
  const directory = `/var/lib/taskwire/${hash}`
  if (existsSync(directory)) await rename(directory, `${directory}.until-${Date.now()}`)
  await mkdir('/var/lib/taskwire', { recursive: true, mode: 0o755 })
  await mkdir(directory, { mode: 0o700 })
  await writeFile(pointerFile(dataDir), directory)
  return directory
}

async function prepare(directory: string, binaries: string, account: Account | undefined): Promise<InstanceDir> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const owner = await stat(directory)
  if (account && owner.uid !== account.uid) await changeOwner(account, directory)
  return { directory, data: join(directory, 'data'), binaries, account }
}

async function assertOwned(inside: string, elsewhere: string | undefined): Promise<void> {
  const owner = (await stat(inside).catch(() => undefined))?.uid
  if (elsewhere === undefined && (owner === undefined || owner === process.getuid?.())) return
  const line = `in ${elsewhere ?? inside} belongs to another user: start as that user or as root, choose another TASKWIRE_DATA_DIR`
  throw unavailable(line)
}

async function copyBinaries({ directory, version }: Binaries, instance: InstanceDir): Promise<void> {
  const to = dirname(instance.binaries)
  const mark = join(to, 'version')
  if ((await readFile(mark, 'utf8').catch(() => '')) === version) return
  const incomplete = `${to}.new`
  await rm(incomplete, { recursive: true, force: true })
  // Static libraries and headers are a tenth of the size and are not needed at run time.
  await cp(directory, incomplete, { recursive: true, verbatimSymlinks: true, filter: (path) => extname(path) !== '.a' })
  await makeWritable(incomplete)
  await linkLibraries(incomplete)
  await writeFile(join(incomplete, 'version'), version)
  if (instance.account) await changeOwner(instance.account, incomplete)
  await rm(to, { recursive: true, force: true })
  await rename(incomplete, to)
}

/** A copy has the modes of the package, whose folders nobody may be allowed to write. */
async function makeWritable(directory: string): Promise<void> {
  await chmod(directory, 0o700)
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755)
  }
}

async function changeOwner({ uid, gid }: Account, directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  for (const entry of entries) lchownSync(join(entry.parentPath, entry.name), uid, gid)
  lchownSync(directory, uid, gid)
  await chmod(directory, 0o700)
}
