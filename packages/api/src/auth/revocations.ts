import { ApiError, type ErrorCode } from '../errors/api_error.ts'

/** What a token says about its issue. */
export interface TokenIssue {
  readonly user_id: string
  /** Seconds since 1970; null if the token does not say. */
  readonly issued_at: number | null
  /** The session that it was issued for, if any. */
  readonly session_id: string | null
}

/** The end of a session, or of an account with all its tokens. */
export interface Revocation {
  readonly kind: 'user' | 'session'
  readonly id: string
  /** Milliseconds since 1970, by the store's clock. */
  readonly revoked_at: number
}

export interface RevocationStore {
  /** The revocations after `since` (by the store's clock; null: of the last hour), and the store's time. */
  readonly recent: (since: number | null) => Promise<{ revocations: readonly Revocation[]; read_at: number }>
  /** When a user was deleted, however long ago; null if not. */
  readonly userRevokedAt: (user_id: string) => Promise<number | null>
}

/** Knows the revocations of all replicas, at most 4 s late. */
export interface Revocations {
  /** Increases with every revocation. Undefined while the last read is too old to rely on. */
  generation(): number | undefined
  /** Throws the error of a revoked token; resolves to the generation that was checked. */
  assertValid(issue: TokenIssue): Promise<number>
  /** The same for a token that was checked before: only what was revoked since then matters. */
  assertStillValid(issue: TokenIssue): Promise<number>
  /** Makes the next check read again: called after something was revoked here. */
  expire(): void
}

const MAX_AGE_MS = 4000
/** Reads again in the background from this age on, so that requests rarely wait. */
const REFRESH_AGE_MS = 1500
/** Reads overlap by this much: the time of a revocation is taken just before its commit. */
const OVERLAP_MS = 30_000
const KEPT_MS = 3_600_000
/** Tokens that were issued within this time are judged without another query; less than KEPT_MS by a clock's error. */
const RECENT_MS = KEPT_MS - 600_000

export function createRevocations(store: RevocationStore, clock: () => number = Date.now): Revocations {
  const revokedAt = { user: new Map<string, number>(), session: new Map<string, number>() }
  let current = 0
  let since: number | null = null
  let startedAt = -Infinity
  let reading: Promise<void> | undefined

  async function readOnce(): Promise<void> {
    const start = clock()
    const { revocations, read_at } = await store.recent(since)
    for (const { kind, id, revoked_at } of revocations) {
      if (revokedAt[kind].get(id) === revoked_at) continue
      revokedAt[kind].set(id, revoked_at)
      current++
    }
    for (const known of [revokedAt.user, revokedAt.session]) dropUntil(known, read_at - KEPT_MS)
    since = read_at - OVERLAP_MS
    startedAt = start
  }

  function read(): Promise<void> {
    reading ??= readOnce().finally(() => (reading = undefined))
    return reading
  }

  const age = () => clock() - startedAt

  /** A read that was in flight may have begun too early: the second one has not. */
  async function refreshed(): Promise<void> {
    for (let reads = 0; age() > MAX_AGE_MS; reads++) {
      if (reads === 2) throw new ApiError('database_unavailable', { retry_after: 1 })
      await read()
    }
  }

  async function assertStillValid({ user_id, issued_at, session_id }: TokenIssue): Promise<number> {
    await refreshed()
    if (session_id !== null && revokedAt.session.has(session_id)) throw new ApiError(REVOKED.session)
    assertIssuedAfter(revokedAt.user.get(user_id), issued_at)
    return current
  }

  return {
    generation() {
      if (age() > MAX_AGE_MS) return undefined
      // A failure is reported by the check that needs the result.
      if (age() > REFRESH_AGE_MS && reading === undefined) read().catch(() => {})
      return current
    },
    assertStillValid,
    async assertValid(issue) {
      const generation = await assertStillValid(issue)
      const isRecent = issue.issued_at !== null && issue.issued_at * 1000 >= clock() - RECENT_MS
      if (!isRecent) assertIssuedAfter((await store.userRevokedAt(issue.user_id)) ?? undefined, issue.issued_at)
      return generation
    },
    expire() {
      startedAt = -Infinity
    },
  }
}

const REVOKED = { user: 'token_subject_invalid', session: 'token_expired' } as const satisfies Record<string, ErrorCode>

function assertIssuedAfter(revoked_at: number | undefined, issued_at: number | null): void {
  if (revoked_at === undefined) return
  if (issued_at === null || issued_at * 1000 <= revoked_at) throw new ApiError(REVOKED.user)
}

/** Drops the entries before a time. They were added nearly in the order of their times. */
function dropUntil(known: Map<string, number>, time: number): void {
  for (const [id, revoked_at] of known) {
    if (revoked_at >= time) return
    known.delete(id)
  }
}
