import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { unavailable } from './binaries.ts'

export type Account = { uid: number; gid: number }

/** The account that the server runs as, since PostgreSQL refuses to run as root. Undefined: the current user. */
export function serverAccount(existingData: string): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  const owner = statSync(existingData, { throwIfNoEntry: false })
  // Existing data stay with their owner, even if other users were added to the machine since.
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', '_postgres', 'nobody']) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? []
    if (Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) }
  }
  throw unavailable('cannot run as root, and there is no user postgres or nobody: start as an ordinary user')
}

/** Whether the account can read and execute the path, judged by the mode bits of it and of every directory above. */
export function reachableBy(account: Account, path: string): boolean {
  for (let at = realpathSync(path); ; at = dirname(at)) {
    const { uid, gid, mode } = statSync(at)
    const bits = uid === account.uid ? mode >> 6 : gid === account.gid ? mode >> 3 : mode
    if ((bits & 0o1) === 0) return false
    if (at === dirname(at)) return true
  }
}
