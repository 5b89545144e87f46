import { createHash } from 'node:crypto'

const SUFFIX = '@taskwire'

/** What identifies a task everywhere. A task of another installation may have the same id, but not this. */
export function taskUid(
  user_id: string,
  { id, created_at }: { readonly id: number; readonly created_at: string },
): string {
  const owner = createHash('sha256').update(user_id).digest('hex').slice(0, 12)
  return `${id}-${Date.parse(created_at).toString(36)}-${owner}${SUFFIX}`
}

const LATER = 'later-'

/** What identifies the later days of a task whose own day is none of its rule's. */
export function laterUid(uid: string): string {
  return `${LATER}${uid}`
}

/** The task whose later days `uid` identifies; undefined for any other text. */
export function uidOfLater(uid: string): string | undefined {
  const of = uid.startsWith(LATER) ? uid.slice(LATER.length) : ''
  return idOfUid(of) === undefined ? undefined : of
}

/** The id in a text that `taskUid` returned; undefined for any other text. */
export function idOfUid(uid: string): number | undefined {
  const [, id] = /^(\d{1,10})-[0-9a-z]{1,11}-[0-9a-f]{12}@taskwire$/.exec(uid) ?? []
  return id === undefined ? undefined : Number(id)
}
