import type { QueryConfig } from 'pg'
import { loneOwners } from './lone_owners.ts'
import type { Pipeline, SerializedQuery } from './pipeline.ts'
import { StatementsError } from './pipelined_query.ts'

/** Short writes of all users, of which those that come at the same time share a transaction. */
export interface WriteGroups {
  /**
   * Runs a statement and resolves to its rows when it is committed. `owner` is the user whose rows it locks. Rejects as
   * `Pipeline.run` does: what happens to others of its group concerns it only by the time that it takes.
   */
  run(query: QueryConfig, owner: string): Promise<unknown[]>
  /** Sends what waits and accepts no more. Resolves when everything in flight has been answered. */
  close(): Promise<void>
}

export interface WriteGroupsOptions {
  readonly pipeline: Pipeline
  /** How many statements share a transaction at most. */
  readonly size?: number
  /** How many groups are in flight before statements wait for one of them to end, and so for others to join them. */
  readonly maxInFlight?: number
  /** Milliseconds after which a statement is sent whatever is in flight. */
  readonly holdMs?: number
  /**
   * How long a group waits for a lock that somebody else has, in milliseconds: its members wait with it, and others for the
   * locks that it has. It also ends a deadlock with another process, long before PostgreSQL looks for one. For so long
   * others wait for statements that are sent alone, too.
   */
  readonly lockMs?: number
  /** Milliseconds for which a user's statements are sent alone after one of them failed in a group. */
  readonly aloneMs?: number
  /** How many such users are remembered. */
  readonly maxAlone?: number
}

interface Member {
  readonly query: QueryConfig
  readonly owner: string
  /** A time of `performance.now()`. */
  readonly since: number
  readonly resolve: (rows: unknown[] | Promise<unknown[]>) => void
  readonly reject: (error: unknown) => void
}

const SIZE = 32
const GROUPS_IN_FLIGHT = 3
const HOLD_MS = 250
const LOCK_MS = 100

/** PostgreSQL's code of a statement that was cancelled, or took longer than `statement_timeout`. */
const CANCELLED = '57014'

export function writeGroups({ pipeline, ...options }: WriteGroupsOptions): WriteGroups {
  const { size = SIZE, maxInFlight = GROUPS_IN_FLIGHT, holdMs = HOLD_MS, lockMs = LOCK_MS } = options
  const lockTimeout: SerializedQuery = {
    query: { name: 'lock_timeout', text: `SELECT set_config('lock_timeout', $1, true)`, values: [`${lockMs}ms`] },
    serializeBy: undefined,
  }
  let waiting: Member[] = []
  /** How many statements each user has in flight. */
  const busy = new Map<string, number>()
  const alone = loneOwners(options)
  let groupsInFlight = 0
  let isScheduled = false
  // Twice in that time, or else one that comes between would wait twice as long.
  const holding = setTimeout(sendHeld, holdMs / 2).unref()

  function schedule(): void {
    if (isScheduled || waiting.length === 0 || groupsInFlight >= maxInFlight) return
    isScheduled = true
    setImmediate(sendNext)
  }

  /** Sends those that waited longest. A user with statements in flight waits for them: for their locks anyway. */
  function sendNext(): void {
    isScheduled = false
    const members = taken(({ owner }) => !busy.has(owner))
    void send(members)
    // Fewer means that the others wait for what is in flight.
    if (members.length === size) schedule()
  }

  /** Takes a group from those that wait. */
  function taken(isWanted: (member: Member) => boolean): Member[] {
    const members: Member[] = []
    waiting = waiting.filter((member) => {
      if (members.length >= size || !isWanted(member)) return true
      members.push(member)
      return false
    })
    return members
  }

  /** Sends what has waited too long because what is in flight takes its time. */
  function sendHeld(): void {
    const before = performance.now() - holdMs / 2
    const held = () => taken(({ since, owner }) => since <= before && !busy.has(owner))
    for (let members = held(); members.length > 0; members = held()) void send(members)
    for (const member of taken(({ since }) => since <= before)) void sendAlone(member)
    if (waiting.length > 0) holding.refresh()
  }

  async function send(members: readonly Member[], isRepeated = false): Promise<void> {
    if (members.length === 0) return
    groupsInFlight++
    try {
      if (members.length === 1) await forShort(sendEach(members))
      else await sendTogether(members.toSorted(byOwner), isRepeated)
    } finally {
      groupsInFlight--
      schedule()
    }
  }

  /** Waits for statements that are sent alone, but not as long as one of them may wait for a lock. */
  async function forShort(sent: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    await Promise.race([sent, new Promise((resolve) => (timer = setTimeout(resolve, lockMs).unref()))])
    clearTimeout(timer)
  }

  async function sendTogether(members: readonly Member[], isRepeated: boolean): Promise<void> {
    for (const { owner } of members) enter(owner)
    try {
      const statements = members.map(({ query, owner }) => ({ query, serializeBy: owner }))
      const start = Math.min(...members.map(({ since }) => since))
      const answers = pipeline.runTogether([lockTimeout, ...statements], start)
      if (answers === undefined) return await forShort(sendEach(members))
      const [, ...rows] = await answers
      for (const [index, { resolve, reject }] of members.entries()) {
        const answer = rows[index] ?? []
        if (answer instanceof Error) reject(answer)
        else resolve(answer)
      }
    } catch (error) {
      if (!(error instanceof StatementsError)) return members.forEach(({ reject }) => reject(error))
      const failing = members[error.index - 1]?.owner
      if (failing !== undefined) alone.add(failing, performance.now())
      // They have waited as long as callers wait for a database.
      if (error.code === CANCELLED) return members.forEach(({ reject }) => reject(error.cause))
      // What fails again would fail for one after the other: a lock of a whole table, a full disk.
      void (isRepeated ? sendEach(members) : resend(members, failing))
    } finally {
      for (const { owner } of members) leave(owner)
    }
  }

  /** Sends again what did not take place because something of `owner` failed, or the commit if that is undefined. */
  function resend(members: readonly Member[], owner: string | undefined): Promise<unknown> {
    if (owner === undefined) return sendEach(members)
    const others = members.filter((member) => member.owner !== owner)
    return Promise.all([sendEach(members.filter((member) => member.owner === owner)), send(others, true)])
  }

  async function sendEach(members: readonly Member[]): Promise<void> {
    await Promise.all(members.map(sendAlone))
  }

  async function sendAlone({ query, owner, since, resolve, reject }: Member): Promise<void> {
    enter(owner)
    try {
      resolve(await pipeline.run(query, owner, since))
    } catch (error) {
      reject(error)
    } finally {
      leave(owner)
      schedule()
    }
  }

  function enter(owner: string): void {
    busy.set(owner, (busy.get(owner) ?? 0) + 1)
  }

  function leave(owner: string): void {
    const left = (busy.get(owner) ?? 1) - 1
    if (left === 0) busy.delete(owner)
    else busy.set(owner, left)
  }

  return {
    run(query, owner) {
      const since = performance.now()
      return new Promise((resolve, reject) => {
        const member = { query, owner, since, resolve, reject }
        if (query.name === undefined || alone.has(owner, since)) return void sendAlone(member)
        if (waiting.push(member) === 1) holding.refresh()
        schedule()
      })
    },
    close() {
      clearTimeout(holding)
      const members = waiting
      waiting = []
      void sendEach(members)
      return pipeline.close()
    },
  }
}

/** Every group takes its locks in this order, so that no two wait for each other. */
function byOwner(a: Member, b: Member): number {
  return a.owner < b.owner ? -1 : Number(a.owner > b.owner)
}
