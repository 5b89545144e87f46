import { createHash, randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigurationError, type Env } from './env.ts'
import { secretProblem } from './variables.ts'

/**
 * The secret that signs tokens: the configured one, otherwise one that is generated once and stored in the data directory,
 * readable only by its owner. Processes that start at the same time use the same one.
 */
export async function sharedSecret({ BETTER_AUTH_SECRET, TASKWIRE_DATA_DIR }: Env): Promise<Uint8Array> {
  const secret = BETTER_AUTH_SECRET ?? (await keptSecret(TASKWIRE_DATA_DIR))
  return new TextEncoder().encode(secret)
}

/** The bytes of the former secrets, whose tokens are still accepted. */
export function formerSecretBytes({ formerSecrets }: Env): Uint8Array[] {
  return formerSecrets.map((secret) => new TextEncoder().encode(secret))
}

/** Identifies a secret without giving it away: a secret is too long to be found by trying. */
export function secretId(secret: string): string {
  return createHash('sha256').update(`taskwire secret ${secret}`).digest('hex').slice(0, 16)
}

/** The generated secret of a data directory, if it has one. */
export function storedSecret(dataDir: string): Promise<string | undefined> {
  return read(secretFile(dataDir))
}

/** Puts a secret into a data directory. Returns a function that restores what was there. */
export async function replaceStoredSecret(dataDir: string, secret: string): Promise<() => Promise<void>> {
  const file = secretFile(dataDir)
  const former = await read(file)
  await mkdir(dataDir, { recursive: true })
  await write(file, secret, rename)
  return () => (former === undefined ? rm(file, { force: true }) : write(file, former, rename))
}

/** Writes a secret as a whole: `place` puts what has been written where it belongs. No other copy of it stays. */
async function write(file: string, secret: string, place: typeof rename): Promise<void> {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    await writeFile(draft, secret, { mode: 0o600, flush: true })
    await place(draft, file)
  } finally {
    await rm(draft, { force: true })
  }
}

function secretFile(dataDir: string): string {
  return join(dataDir, 'secret')
}

async function keptSecret(dataDir: string): Promise<string> {
  const file = secretFile(dataDir)
  // The directory may be a file, which cannot even be looked into.
  const stored = await read(file).catch(throwUnwritable)
  const secret = stored ?? (await generateSecret(dataDir, file).catch(throwUnwritable))
  const problem = secretProblem(secret)
  if (problem !== undefined) throw new ConfigurationError([`BETTER_AUTH_SECRET stored in ${file} ${problem}`])
  // A directory that cannot be written may hold a secret that needs no change.
  if (((await stat(file)).mode & 0o777) !== 0o600) await chmod(file, 0o600).catch(throwUnwritable)
  return secret
}

function throwUnwritable(error: unknown): never {
  const why = error instanceof Error ? error.message : String(error)
  throw new ConfigurationError([`TASKWIRE_DATA_DIR must be a directory that can be written: ${why}`])
}

async function generateSecret(dataDir: string, file: string): Promise<string> {
  await mkdir(dataDir, { recursive: true })
  try {
    // A link never replaces a secret that another process has just created.
    await write(file, randomBytes(32).toString('base64url'), link)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return (await readFile(file, 'utf8')).trim()
}

async function read(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
