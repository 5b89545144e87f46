import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { embeddedDirectory } from '@taskwire/db/reach'
import { type Env, localUrl } from '../../config/env.ts'
import { storedSecret } from '../../config/secret.ts'
import { secretProblem } from '../../config/variables.ts'
import { taskwireVersion } from '../../config/version.ts'
import { findPort, ListenError } from '../../process/port.ts'
import { type Finding, note, ok, problem, readableBytes } from './finding.ts'

const NODE_MAJOR = 24
const DISK_PROBLEM_BYTES = 100e6
const DISK_NOTE_BYTES = 1e9
/** A machine whose clock starts at 1970, or at its firmware's date, issues tokens that nobody accepts. */
const EARLIEST_YEAR = 2026

export function versionFindings(): Finding[] {
  const text = `Taskwire ${taskwireVersion()}, Node ${process.versions.node}, ${process.platform} ${process.arch}`
  const isOld = Number(process.versions.node.split('.')[0]) < NODE_MAJOR
  const isUnset = new Date().getFullYear() < EARLIEST_YEAR
  return [
    isOld
      ? problem('versions', `${text}: run it with Node ${NODE_MAJOR}, which npm start installs`)
      : ok('versions', text),
    ...(isUnset ? [problem('clock', `this machine believes it is ${new Date().toISOString()}: set its clock`)] : []),
  ]
}

/** Whether the port is free, or a Taskwire answers there. */
export async function portFindings({ HOST, PORT }: Env): Promise<Finding[]> {
  const url = localUrl(HOST, PORT)
  if (await isTaskwire(url)) return [ok('port', `a server is running at ${url}`)]
  try {
    await findPort(HOST, PORT)
    return [ok('port', `${url} is free`)]
  } catch (error) {
    if (error instanceof ListenError) return [problem('port', error.message)]
    throw error
  }
}

async function isTaskwire(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) })
    return (await response.text()).includes('todo-backend')
  } catch {
    return false
  }
}

/** The data directory is writable, and where the embedded database is there is room to write. */
export async function diskFindings({ DATABASE_URL, TASKWIRE_DATA_DIR: dataDir }: Env): Promise<Finding[]> {
  const existing = await nearestExisting(dataDir)
  const isWritable = await access(existing, constants.W_OK).then(
    () => true,
    () => false,
  )
  const advice = 'is not writable: give it to the user who runs this, or set TASKWIRE_DATA_DIR'
  const unwritable = isWritable ? [] : [problem('data directory', `${existing} ${advice}`)]
  const database = DATABASE_URL === undefined ? embeddedDirectory(dataDir) : undefined
  return [...unwritable, await room(database ?? dataDir)]
}

async function room(directory: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(await nearestExisting(directory))
  return roomFinding(directory, bavail * bsize)
}

export function roomFinding(directory: string, free: number): Finding {
  const text = `${directory}, ${readableBytes(free)} free`
  if (free < DISK_PROBLEM_BYTES) return problem('disk', `${text}: make room, or writes will fail`)
  return free < DISK_NOTE_BYTES ? note('disk', text) : ok('disk', text)
}

async function nearestExisting(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    if (at === dirname(at) || (await stat(at).catch(() => undefined)) !== undefined) return at
  }
}

export async function secretFindings({ BETTER_AUTH_SECRET, TASKWIRE_DATA_DIR: dataDir }: Env): Promise<Finding[]> {
  if (BETTER_AUTH_SECRET !== undefined) return [ok('secret', 'set by BETTER_AUTH_SECRET')]
  const file = join(dataDir, 'secret')
  const secret = await storedSecret(dataDir)
  if (secret === undefined) return [note('secret', 'none yet: the first start generates it')]
  const wrong = secretProblem(secret)
  if (wrong !== undefined) return [problem('secret', `${file} ${wrong}: restore the file`)]
  const { mode } = await stat(file)
  return (mode & 0o077) === 0
    ? [ok('secret', file)]
    : [problem('secret', `${file} can be read by others: chmod 600 ${file}`)]
}
