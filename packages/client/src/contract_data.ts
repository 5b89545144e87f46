// Written by contract_data.test.ts from the server's tables, so that callers need none of its source.
import type { ErrorCode, Task } from './router.ts'

/** What callers may know of a task's field. */
export interface TaskField {
  /** Whether callers set it. The other fields are answered only. */
  readonly settable: boolean
  /** Whether a new task must have it. */
  readonly required: boolean
  readonly nullable: boolean
  /** The value of a task that was created without the field; absent when there is none. */
  readonly default?: unknown
  /** Whether the field came after the first version: older log entries and stored copies of tasks may lack it. */
  readonly added: boolean
  /** Its JSON type. */
  readonly type?: string
  /** In code points, after trimming. */
  readonly minLength?: number
  /** In code points, after trimming. */
  readonly maxLength?: number
  readonly maxItems?: number
  /** All values that it may have, if they are few. */
  readonly enum?: readonly unknown[]
}

/** Every field of a task with its limits and its default, in the order in which tasks show them. */
export const taskFields = {
  id: { settable: false, required: false, nullable: false, added: false, type: 'integer' },
  user_id: { settable: false, required: false, nullable: false, added: false, type: 'string' },
  title: { settable: true, required: true, nullable: false, added: false, type: 'string', minLength: 1, maxLength: 200 },
  description: { settable: true, required: false, nullable: true, default: null, added: false, type: 'string', maxLength: 1000 },
  completed: { settable: true, required: false, nullable: false, default: false, added: false, type: 'boolean' },
  created_at: { settable: false, required: false, nullable: false, added: false, type: 'string' },
  updated_at: { settable: false, required: false, nullable: false, added: false, type: 'string' },
  version: { settable: false, required: false, nullable: false, added: false, type: 'integer' },
  priority: { settable: true, required: false, nullable: true, default: null, added: true, type: 'string', enum: ['high', 'medium', 'low'] },
  tags: { settable: true, required: false, nullable: false, default: [], added: true, type: 'array', maxItems: 20 },
  due_date: { settable: true, required: false, nullable: true, default: null, added: true, type: 'string' },
  due_time: { settable: true, required: false, nullable: true, default: null, added: true, type: 'string' },
  due_zone: { settable: true, required: false, nullable: true, default: null, added: true, type: 'string' },
  due_at: { settable: false, required: false, nullable: true, default: null, added: true, type: 'string' },
  start_date: { settable: true, required: false, nullable: true, default: null, added: true, type: 'string' },
  reminders: { settable: true, required: false, nullable: false, default: [], added: true, type: 'array', maxItems: 5 },
  recurrence: { settable: true, required: false, nullable: true, default: null, added: true, type: 'object' },
  checklist: { settable: true, required: false, nullable: false, default: [], added: true, type: 'array', maxItems: 50 },
  position: { settable: false, required: false, nullable: false, default: '', added: true, type: 'string' },
  series_id: { settable: false, required: false, nullable: true, default: null, added: true, type: 'integer' },
  next_task_id: { settable: false, required: false, nullable: true, default: null, added: true, type: 'integer' },
  completed_at: { settable: false, required: false, nullable: true, default: null, added: true, type: 'string' },
} as const satisfies Readonly<Record<keyof Task, TaskField>>

/** What callers may know of an error besides its code. */
export interface ErrorTraits {
  /** Its status over REST. */
  readonly status: number
  /**
   * Whether a repeat can help. `safe`: repeat the same call, a write under its idempotency key, with backoff and not
   * before `Retry-After`. `later`: only after `Retry-After` or when something else has changed. `never`: the same call
   * fails again.
   */
  readonly retry: 'safe' | 'later' | 'never'
  /** What has to change first: the caller's token, the request (`input`), what is stored (`state`), or the server. */
  readonly about: 'token' | 'input' | 'state' | 'server'
}

/** Every error that the server answers, by its code. */
export const apiErrors = {
  not_authenticated: { status: 401, retry: 'never', about: 'token' },
  token_malformed: { status: 401, retry: 'never', about: 'token' },
  token_expired: { status: 401, retry: 'never', about: 'token' },
  token_not_yet_valid: { status: 401, retry: 'later', about: 'token' },
  token_signature_invalid: { status: 401, retry: 'never', about: 'token' },
  token_algorithm: { status: 401, retry: 'never', about: 'token' },
  token_issuer_mismatch: { status: 401, retry: 'never', about: 'token' },
  token_audience_mismatch: { status: 401, retry: 'never', about: 'token' },
  token_subject_invalid: { status: 401, retry: 'never', about: 'token' },
  token_expiry_missing: { status: 401, retry: 'never', about: 'token' },
  token_key_unknown: { status: 401, retry: 'never', about: 'token' },
  session_token: { status: 401, retry: 'never', about: 'token' },
  api_key_invalid: { status: 401, retry: 'never', about: 'token' },
  api_key_expired: { status: 401, retry: 'never', about: 'token' },
  user_mismatch: { status: 403, retry: 'never', about: 'input' },
  scope_insufficient: { status: 403, retry: 'never', about: 'token' },
  task_not_found: { status: 404, retry: 'never', about: 'state' },
  conversation_not_found: { status: 404, retry: 'never', about: 'state' },
  item_not_found: { status: 404, retry: 'never', about: 'state' },
  webhook_not_found: { status: 404, retry: 'never', about: 'state' },
  change_not_found: { status: 404, retry: 'never', about: 'state' },
  not_found: { status: 404, retry: 'never', about: 'input' },
  method_not_allowed: { status: 405, retry: 'never', about: 'input' },
  malformed_json: { status: 422, retry: 'never', about: 'input' },
  payload_too_large: { status: 413, retry: 'never', about: 'input' },
  headers_too_large: { status: 431, retry: 'never', about: 'input' },
  unsupported_media_type: { status: 415, retry: 'never', about: 'input' },
  validation_failed: { status: 422, retry: 'never', about: 'input' },
  webhook_url_refused: { status: 422, retry: 'never', about: 'input' },
  version_mismatch: { status: 412, retry: 'never', about: 'state' },
  idempotency_key_reused: { status: 422, retry: 'never', about: 'input' },
  in_progress: { status: 409, retry: 'safe', about: 'state' },
  conversation_busy: { status: 409, retry: 'later', about: 'state' },
  undo_conflict: { status: 409, retry: 'never', about: 'state' },
  recurrence_ended: { status: 409, retry: 'never', about: 'state' },
  changes_expired: { status: 410, retry: 'never', about: 'state' },
  import_unreadable: { status: 422, retry: 'never', about: 'input' },
  rate_limited: { status: 429, retry: 'later', about: 'server' },
  overloaded: { status: 503, retry: 'safe', about: 'server' },
  database_unavailable: { status: 503, retry: 'safe', about: 'server' },
  model_unavailable: { status: 503, retry: 'later', about: 'server' },
  model_rate_limited: { status: 503, retry: 'later', about: 'server' },
  model_misconfigured: { status: 503, retry: 'never', about: 'server' },
  conversation_too_long: { status: 422, retry: 'never', about: 'input' },
  model_timeout: { status: 504, retry: 'later', about: 'server' },
  internal_error: { status: 500, retry: 'never', about: 'server' },
} as const satisfies Readonly<Record<ErrorCode, ErrorTraits>>

/** What the server accepts, besides the limits of whole fields of a task. Lengths are in code points. */
export const limits = {
  /** The longest name of an API key. */
  apiKeyNameLength: 100,
  /** The largest body of a `task.batch` over REST, in bytes. */
  batchBytes: 262144,
  /** The most calls in one request; the client splits larger batches. */
  batchCalls: 10,
  /** The most operations in one `task.batch`. */
  batchOperations: 100,
  /** The longest message to the assistant. */
  chatMessageLength: 4000,
  /** The longest text of an item of a checklist, after trimming. */
  checklistItemLength: 200,
  /** The longest idempotency key, in visible ASCII characters. */
  idempotencyKeyLength: 255,
  /** The largest file to import over REST, in bytes. */
  importBytes: 20971520,
  /** The largest `limit` of a list. */
  pageItems: 200,
  /** The longest `search` of a list of tasks. */
  searchLength: 1000,
  /** The most tasks that a list looks at where no index helps: its page may be short, and have a next one. */
  searchedTasks: 25000,
  /** The longest tag, after trimming. */
  tagLength: 50,
} as const
