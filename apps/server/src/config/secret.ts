import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigurationError, type Env } from './env.ts'
import { secretProblem } from './variables.ts'

/**
 * The secret that tokens are signed with: the configured one, else one that is generated once and kept in the data
 * directory, readable for its owner only. Processes that start together agree on one.
 */
export async function sharedSecret({ BETTER_AUTH_SECRET, TASKWIRE_DATA_DIR }: Env): Promise<Uint8Array> {
  const secret = BETTER_AUTH_SECRET ?? (await keptSecret(TASKWIRE_DATA_DIR))
  return new TextEncoder().encode(secret)
}

async function keptSecret(dataDir: string): Promise<string> {
  const file = join(dataDir, 'secret')
  const secret = (await read(file)) ?? (await generated(dataDir, file))
  const problem = secretProblem(secret)
  if (problem !== undefined) throw new ConfigurationError([`BETTER_AUTH_SECRET as kept in ${file} ${problem}`])
  await chmod(file, 0o600)
  return secret
}

async function generated(dataDir: string, file: string): Promise<string> {
  await mkdir(dataDir, { recursive: true })
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  await writeFile(draft, randomBytes(32).toString('base64url'), { mode: 0o600 })
  try {
    // Appears whole or not at all, and never replaces what another process has just made.
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
