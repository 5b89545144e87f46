import { isErrorShape, isRecord, errorOfShape, TaskwireError } from './error.ts'
import type { ErrorCode } from './router.ts'

/** A function like `globalThis.fetch`. */
export type Fetch = (url: RequestInfo | URL, init?: RequestInit) => Promise<Response>

/** Fetches and reads the whole response, so that a truncated one is `unreachable`, never half an answer. */
export function fetchWhole(fetch: Fetch) {
  return async (url: RequestInfo | URL, init?: RequestInit) => {
    const response = await fetchOrUnreachable(fetch, url, init)
    const json = await parsed(response)
    if (!isTrpcResponse(json)) throw errorOfStatus(response, json)
    return { ok: response.ok, json: () => Promise.resolve(json) }
  }
}

/** What a link of tRPC reads from a streamed response. Written out, because TypeScript before 5.7 cannot read what is inferred. */
interface StreamedResponse {
  readonly ok: boolean
  readonly body?: ReadableStream<Uint8Array> | null
  json(): Promise<unknown>
}

/** Fetches a streamed response. */
export function fetchStreamed(fetch: Fetch) {
  return async (url: RequestInfo | URL, init?: RequestInit): Promise<StreamedResponse> => {
    const response = await fetchOrUnreachable(fetch, url, init)
    if (!response.ok) {
      const json = await parsed(response)
      if (!isTrpcResponse(json)) throw errorOfStatus(response, json)
      return { ok: false, json: () => Promise.resolve(json) }
    }
    return { ok: true, body: response.body && pieces(response.body), json: () => response.json() }
  }
}

/** Fetches a response of any status; throws `unreachable` if there was none. */
export async function fetchOrUnreachable(fetch: Fetch, url: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (cause) {
    throw new TaskwireError('unreachable', { cause })
  }
}

/** The error in a response: the server's own, or that of a proxy in between. */
export async function errorOfResponse(response: Response): Promise<TaskwireError> {
  const json = await parsed(response)
  if (isRecord(json) && isErrorShape(json['error'])) return errorOfShape(json['error'])
  return errorOfStatus(response, json)
}

/** The body as JSON; undefined if it is not JSON. */
async function parsed(response: Response): Promise<unknown> {
  const text = await response.text().catch((cause: unknown) => {
    throw new TaskwireError('unreachable', { cause })
  })
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether tRPC wrote this: a list for a batch, or one error for the whole batch. */
function isTrpcResponse(json: unknown): boolean {
  return Array.isArray(json) || (isRecord(json) && ('result' in json || isErrorShape(json['error'])))
}

function errorOfStatus(response: Response, json: unknown): TaskwireError {
  const details = { retryAfter: retryAfterOf(response), cause: new Error(`HTTP ${response.status}`) }
  // Errors before tRPC have the form of REST errors, with a code of the same table.
  if (isRecord(json) && isErrorCode(json['code']) && typeof json['detail'] === 'string') {
    const request_id = typeof json['request_id'] === 'string' ? json['request_id'] : undefined
    return new TaskwireError(json['code'], { ...details, message: json['detail'], request_id })
  }
  if (response.status === 429) return new TaskwireError('rate_limited', { ...details, message: 'Too many requests' })
  // A proxy that answers this has not reached the server.
  if ([502, 503, 504].includes(response.status)) return new TaskwireError('unreachable', details)
  return new TaskwireError('unexpected', details)
}

/** The table is closed, but a newer server may have codes that these types lack. */
function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string'
}

/** RFC 9110, 10.2.3: seconds or a date. */
function retryAfterOf(response: Response): number | undefined {
  const header = response.headers.get('retry-after')
  if (header === null) return undefined
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds)
}

function pieces(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      } catch (cause) {
        controller.error(new TaskwireError('unreachable', { cause }))
      }
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
