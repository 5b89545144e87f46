import type { Db, Sql } from '@taskwire/db'
import type { Assistant } from '../chat/assistant.ts'
import type { ChatTimes } from '../chat/lease.ts'
import type { ChangeFeed } from '../log/feed.ts'
import type { CursorSeal } from './cursor.ts'
import type { Allowance, RateLimit } from './rate_limit.ts'
import type { Principal, TokenVerifier } from '../auth/token.ts'

/** The doors that name themselves in the log; a write by hand shows as `sql`. */
export type Via = 'rest' | 'trpc' | 'mcp' | 'chat'

/** A place for what went wrong inside. `pino` and `console` fit. */
export interface Log {
  error(details: object, message: string): void
  warn(details: object, message: string): void
}

/** What lives as long as the process and is shared by all requests. */
export interface Services {
  readonly db: Db
  /** The hot path's way past Prisma: see `task/sql.ts`. */
  readonly sql: Sql
  readonly tokens: TokenVerifier
  readonly cursors: CursorSeal
  readonly feed: ChangeFeed
  readonly log: Log
  /** Calls of a user, on all doors together. Absent: unlimited. */
  readonly calls?: RateLimit | undefined
  /** Who answers in the chat. Absent: the chat says that no model is there. */
  readonly assistant?: Assistant | undefined
  /** How long turns of a chat last and wait. Absent: `chatTimes`. */
  readonly chatTimes?: ChatTimes | undefined
}

/** One call, as an adapter hands it in. */
export interface Context {
  readonly services: Services
  readonly via: Via
  readonly request_id: string
  /** The bearer token as it came; it is verified by the procedure. */
  readonly token?: string | undefined
  /** A principal that was verified earlier in the same request: the assistant acts for the user who asked it. */
  readonly principal?: Principal | undefined
  /** The user whom the caller names in the path or arguments: must be the token's user. */
  readonly acting_for?: string | undefined
  /** Part of an answer whose first part was counted as a call. */
  readonly counted?: boolean | undefined
  /** Told where the caller stands, once for each counted call. */
  readonly onAllowance?: ((allowance: Allowance) => void) | undefined
  /** The conversation on whose behalf a write happens. */
  readonly conversation_id?: number | undefined
}
