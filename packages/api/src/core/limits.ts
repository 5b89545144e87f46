/** The limits of what callers send, besides those of whole fields of a task. Lengths are in code points. */
export const limits = {
  /** The longest name of an API key. */
  apiKeyNameLength: 100,
  /** The most tRPC calls in one request. */
  batchCalls: 10,
  /** The largest body of a request with many operations, in bytes. */
  batchBytes: 256 * 1024,
  /** The most operations in one batch. */
  batchOperations: 100,
  /** The longest message to the assistant. */
  chatMessageLength: 4000,
  /** The longest text of an item of a checklist. */
  checklistItemLength: 200,
  /** The longest idempotency key. */
  idempotencyKeyLength: 255,
  /** The largest file to import, in bytes. Over tRPC a call has its own, smaller limit. */
  importBytes: 20 * 1024 * 1024,
  /** The most entries in one page of a list. */
  pageItems: 200,
  /** The most tasks that one page of a search looks at where no index finds them. */
  searchedTasks: 25_000,
  /** The longest text to search for. */
  searchLength: 1000,
  /** The longest tag. */
  tagLength: 50,
} as const
