/**
 * What an operation answers as JSON text that PostgreSQL has written: it is sent as it is, instead of being parsed,
 * validated and written again. It has the bytes that `JSON.stringify` makes of the operation's output.
 */
export interface JsonAnswer {
  readonly json: string
  /** The task's version, if it is one task. */
  readonly version?: number
  /** The parts of a page, if it is one. */
  readonly page?: JsonPage
}

export interface JsonPage {
  /** A JSON array. */
  readonly items: string
  readonly next_cursor: string | null
}

export function pageAnswer(page: JsonPage): JsonAnswer {
  const { items, next_cursor } = page
  return { json: `{"items":${items},"next_cursor":${JSON.stringify(next_cursor)}}`, page }
}

/** Narrows what a procedure returns, whose type its definition does not say at run time. */
export function isJsonAnswer(value: unknown): value is JsonAnswer {
  return typeof value === 'object' && value !== null && 'json' in value && typeof value.json === 'string'
}
