/** A JSON-RPC message of MCP, as far as passing it on needs to understand it. */
export interface Message {
  readonly id?: string | number | null
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: unknown
}

/** The message in a line; undefined if the line contains something else. */
export function messageOf(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Identifies a request: 1 and "1" are different ids. Undefined for what expects no answer. */
export function requestKey({ id, method }: Message): string | undefined {
  return method === undefined || id === undefined || id === null ? undefined : JSON.stringify(id)
}

export function errorMessage(id: Message['id'], code: number, message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id: id ?? null, error: { code, message } })
}
