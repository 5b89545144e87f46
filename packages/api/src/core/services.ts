import type { Db, Sql } from '@taskwire/db'
import type { Assistant } from '../chat/assistant.ts'
import type { Change } from '../log/schema.ts'

// What the procedures need from their process, as types alone: those who provide it and those who use it both import
// this file, and so never each other.

/** What lives as long as the process and is shared by all requests. */
export interface Services {
  readonly db: Db
  /** The hot path's way past Prisma: see `task/sql.ts`. */
  readonly sql: Sql
  readonly tokens: TokenVerifier
  readonly cursors: CursorCodec
  readonly feed: ChangeFeed
  readonly log: Log
  /** Calls of a user, on all doors together. Absent: unlimited. */
  readonly calls?: RateLimit | undefined
  /** Answers in the chat. Absent: the chat is `model_unavailable`. */
  readonly assistant?: Assistant | undefined
  /** The time limits of a chat. Absent: 30 s for a lease, 60 s for a wait. */
  readonly chatTimes?: ChatTimes | undefined
}

/** A place for what went wrong inside. `pino` and `console` fit. */
export interface Log {
  error(details: object, message: string): void
  warn(details: object, message: string): void
}

/** Who a valid token speaks for, and what it may do. */
export interface Principal {
  readonly user_id: string
  readonly kind: 'shared_secret' | 'issued' | 'api_key'
  readonly scope: 'read' | 'write'
  /** What the log names as the author: `key:<id>` for an API key, null for the user. */
  readonly actor: string | null
  readonly email: string | null
  readonly name: string | null
  /** Seconds since 1970 at which the token ends; null where it does not. */
  readonly expires_at: number | null
  /** Of an API key: whether it is still valid. Answers are at most 2 s old; open streams ask every 2 s. */
  readonly isStillValid?: () => Promise<boolean>
}

export interface TokenVerifier {
  /** The principal of a token; throws an `ApiError` with one of the 401 reasons. */
  verify(token: string | undefined): Principal | Promise<Principal>
}

/** Seals the place where a page ended into opaque text, and opens it again only for the same query of the same user. */
export interface CursorCodec {
  /** `query` is everything that must be equal when the cursor comes back. */
  sign(query: string, place: readonly CursorPart[]): string
  /** The sealed place; null if the cursor was not made here for this query. */
  verify(query: string, cursor: string): CursorPart[] | null
}

export type CursorPart = string | number

/** Brings the changes of the log to those who listen, on whichever replica they were made. */
export interface ChangeFeed {
  /** Tells that a user's log may have grown here. Costs nothing where nobody listens. */
  notify(user_id: string): void
  /**
   * The user's changes after `since` (default: from now on), each once, in order, without a gap, until `signal`
   * aborts, the principal's token ends or the feed closes. Resolves when it listens, so that a refusal is known before
   * the first change: `changes_expired` where the log does not reach back so far, `rate_limited` beyond 10 listeners
   * of one user. Who never reads must abort.
   */
  subscribe(
    principal: Principal,
    since: number | undefined,
    signal?: AbortSignal,
  ): Promise<AsyncGenerator<Change, void>>
  /** Ends every listener. */
  close(): void
}

/** Counts what everybody does, in windows that begin with the first count. */
export interface RateLimit {
  /** Counts one more of `who`, and says whether it is within the limit. */
  take(who: string): Allowance
}

/** Where somebody stands. */
export interface Allowance {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Seconds until the whole limit is there again; at least 1. */
  readonly reset: number
  /** Seconds that a window lasts. */
  readonly window: number
}

/** The time limits of a chat, in milliseconds. */
export interface ChatTimes {
  /** A lease that is not renewed expires after this time: a conversation stays blocked so long if its process dies. */
  readonly leaseMs: number
  /** A message waits so long for the conversation's previous message to be answered. */
  readonly waitMs: number
}
