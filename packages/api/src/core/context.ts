import type { Allowance, Principal, Services } from './services.ts'

/** The doors that name themselves in the log; a write by hand shows as `sql`. */
export type Via = 'rest' | 'trpc' | 'mcp' | 'chat'

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
