import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigurationError, type Env } from './env.ts'
import { secretProblem } from './variables.ts'

/**
 * The secret that signs tokens: the configured one, otherwise one that is generated once and stored in the data directory,
 * readable only by its owner. Processes that start at the same time use the same one.
 */
export async function sharedSecret({ BETTER_AUTH_SECRET, TASKWIRE_DATA_DIR }: Env): Promise<Uint8Array> {
  const secret = BETTER_AUTH_SECRET ?? (await storedSecret(TASKWIRE_DATA_DIR))
  return new TextEncoder().encode(secret)
}

async function storedSecret(dataDir: string): Promise<string> {
  const file = join(dataDir, 'secret')
  const secret = (await read(file)) ?? (await generateSecret(dataDir, file))
  const problem = secretProblem(secret)
  if (problem !== undefined) throw new ConfigurationError([`BETTER_AUTH_SECRET stored in ${file} ${problem}`])
  await chmod(file, 0o600)
  return secret
}

async function generateSecret(dataDir: string, file: string): Promise<string> {
  await mkdir(dataDir, { recursive: true })
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600 })
  try {
    // Atomic, and never replaces a secret that another process has just created.
    await link(draft, file)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await unlink(draft)
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
