import { apiErrors, limits, publishedFields } from '@taskwire/api'
import { expect, test } from 'vitest'
import * as published from './contract_data.ts'

test("the constants that callers read are the server's (vitest --update writes them)", async () => {
  await expect(contractData()).toMatchFileSnapshot('./contract_data.ts')
})

test('every limit is published', () => {
  expect(published.limits).toEqual(limits)
})

function contractData(): string {
  const errors = Object.entries(apiErrors).map(([code, { status, retry, about }]) => [code, { status, retry, about }])
  return `// Written by contract_data.test.ts from the server's tables, so that callers need none of its source.
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
export const taskFields = ${json(publishedFields)} as const satisfies Readonly<Record<keyof Task, TaskField>>

/** What callers may know of an error besides its code. */
export interface ErrorTraits {
  /** Its status over REST. */
  readonly status: number
  /**
   * Whether a repeat can help. \`safe\`: repeat the same call, a write under its idempotency key, with backoff and not
   * before \`Retry-After\`. \`later\`: only after \`Retry-After\` or when something else has changed. \`never\`: the same call
   * fails again.
   */
  readonly retry: 'safe' | 'later' | 'never'
  /** What has to change first: the caller's token, the request (\`input\`), what is stored (\`state\`), or the server. */
  readonly about: 'token' | 'input' | 'state' | 'server'
}

/** Every error that the server answers, by its code. */
export const apiErrors = ${json(Object.fromEntries(errors))} as const satisfies Readonly<Record<ErrorCode, ErrorTraits>>

/** What the server accepts, besides the limits of whole fields of a task. Lengths are in code points. */
export const limits = {
  /** The longest name of an API key. */
  apiKeyNameLength: ${limits.apiKeyNameLength},
  /** The largest body of a \`task.batch\` over REST, in bytes. */
  batchBytes: ${limits.batchBytes},
  /** The most calls in one request; the client splits larger batches. */
  batchCalls: ${limits.batchCalls},
  /** The most operations in one \`task.batch\`. */
  batchOperations: ${limits.batchOperations},
  /** The longest message to the assistant. */
  chatMessageLength: ${limits.chatMessageLength},
  /** The longest text of an item of a checklist, after trimming. */
  checklistItemLength: ${limits.checklistItemLength},
  /** The longest idempotency key, in visible ASCII characters. */
  idempotencyKeyLength: ${limits.idempotencyKeyLength},
  /** The largest file to import over REST, in bytes. */
  importBytes: ${limits.importBytes},
  /** The largest \`limit\` of a list. */
  pageItems: ${limits.pageItems},
  /** The longest \`search\` of a list of tasks. */
  searchLength: ${limits.searchLength},
  /** The most tasks that a list looks at where no index helps: its page may be short, and have a next one. */
  searchedTasks: ${limits.searchedTasks},
  /** The longest tag, after trimming. */
  tagLength: ${limits.tagLength},
} as const
`
}

/** An object literal in the form of the code: one line an entry. */
function json(table: object): string {
  const lines = Object.entries(table).map(([name, entry]: [string, object]) => `  ${name}: ${literal(entry)},`)
  return `{\n${lines.join('\n')}\n}`
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'string') return `'${value}'`
  if (typeof value !== 'object' || value === null) return String(value)
  return `{ ${Object.entries(value)
    .map(([name, entry]) => `${name}: ${literal(entry)}`)
    .join(', ')} }`
}
