import type { Db, Snapshots, Sql, Transact } from '@taskwire/db'
import type { Assistant } from '../chat/assistant.ts'
import type { Change } from '../log/schema.ts'
import type { ReminderEvent } from '../reminder/schema.ts'

// The interfaces that the procedures use, as types only. Implementations and callers both import this file, so they
// never import each other.

/** The services of a process, shared by all its requests. */
export interface Services {
  readonly db: Db
  /** Runs the statements of the hot path without Prisma: see `task/sql.ts`. */
  readonly sql: Sql
  /** Lists of any length as they are at one moment. */
  readonly snapshots: Snapshots
  /** Runs several statements as one transaction. */
  readonly transact: Transact
  /** Whether the database can be written to. Rejects where it does not answer. */
  readonly isWritable: () => Promise<boolean>
  readonly tokens: TokenVerifier
  readonly cursors: CursorCodec
  readonly feed: ChangeFeed
  /** Tells live streams of reminders. Absent: they have none. */
  readonly reminders?: ReminderFeed | undefined
  readonly log: Log
  /** The clock by which it is today. Absent: the system's. */
  readonly now?: (() => Date) | undefined
  /** Limits the calls of each user, over all transports together. Absent: unlimited. */
  readonly calls?: RateLimit | undefined
  /** Answers in the chat. Absent: the chat is `model_unavailable`. */
  readonly assistant?: Assistant | undefined
  /** The address under which callers reach the server. Absent: addresses are paths. */
  readonly publicUrl?: string | undefined
  /** Whether webhooks may be sent to loopback and private addresses. */
  readonly allowPrivateWebhooks?: boolean | undefined
  /** The time limits of a chat. Absent: 30 s for a lease, 60 s for a wait. */
  readonly chatTimes?: ChatTimes | undefined
}

/** Receives internal errors and warnings. `pino` and `console` fit. */
export interface Log {
  error(details: object, message: string): void
  warn(details: object, message: string): void
}

/** The user that a valid token authenticates, and what the token permits. */
export interface Principal {
  readonly user_id: string
  readonly kind: 'shared_secret' | 'issued' | 'api_key' | 'oauth'
  /** `write` includes reading. Only a token of an OAuth client can have `none`. */
  readonly scope: 'none' | 'read' | 'write'
  /** What the log names as the author: `key:<id>` for an API key, `client:<id>` for an OAuth client, null for the user. */
  readonly actor: string | null
  readonly email: string | null
  readonly name: string | null
  /** When the token expires, in seconds since 1970; null if it does not. */
  readonly expires_at: number | null
  /** Checks whether the token or API key is still valid. Results are at most 4 s old; open streams check every 2 s. */
  readonly isStillValid?: () => Promise<boolean>
}

export interface TokenVerifier {
  /** The principal of a token; throws an `ApiError` with one of the codes of 401. */
  verify(token: string | undefined): Principal | Promise<Principal>
}

/** Turns the position where a page ended into opaque signed text, which is valid only for the same query and user. */
export interface CursorCodec {
  /** `query` is everything that must be equal when the cursor is used. */
  sign(query: string, position: readonly CursorPart[]): string
  /** The signed position; null if the cursor was not signed with our key for this query. */
  verify(query: string, cursor: string): CursorPart[] | null
}

export type CursorPart = string | number

/** Delivers the changes in the log to subscribers, whichever replica made them. */
export interface ChangeFeed {
  /** How many subscriptions are open in this process. */
  subscriptions(): number
  /** Reports that this process may have added to a user's log. Costs nothing without subscribers. */
  notify(user_id: string): void
  /**
   * The user's changes after `since` (default: from now on), each once, in order and without a gap, until `signal`
   * aborts, the principal's token expires or the feed closes. Resolves when the subscription is active, so errors are
   * known before the first change: `changes_expired` when the log no longer has these changes, `rate_limited` beyond
   * 10 subscriptions of one user. A consumer that stops reading must abort the signal.
   */
  subscribe(
    principal: Principal,
    since: number | undefined,
    signal?: AbortSignal,
  ): Promise<AsyncGenerator<Change, void>>
  /** Ends all subscriptions. */
  close(): void
}

/** Tells listeners of the reminders that fire, whichever replica fires them. */
export interface ReminderFeed {
  /**
   * Calls `onReminder` for each of the user's reminders that fires from now on, once. Resolves when listening has begun, to
   * a function that ends it.
   */
  listen(user_id: string, onReminder: (event: ReminderEvent) => void): Promise<() => void>
  /** Looks at once, because this process has fired reminders. */
  notify(): void
  close(): void
}

/** Counts calls per key, in windows that start with the first call. */
export interface RateLimit {
  /** Counts one more call of `key`, and returns whether it is within the limit. */
  take(key: string): Allowance
}

/** What is left of a rate limit. */
export interface Allowance {
  readonly allowed: boolean
  readonly limit: number
  readonly remaining: number
  /** Seconds until the window ends; at least 1. */
  readonly reset: number
  /** The length of a window in seconds. */
  readonly window: number
}

/** The time limits of a chat, in milliseconds. */
export interface ChatTimes {
  /**
   * A lease that is not renewed expires after this time, for which a conversation stays blocked if its process dies.
   */
  readonly leaseMs: number
  /** How long a message waits for the answer to the conversation's previous message. */
  readonly waitMs: number
}
