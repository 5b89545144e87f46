import { eventData } from './events.ts'
import { messageHeaders } from './headers.ts'
import { errorMessage, isRecord, messageOf, requestKey, type Message } from './message.ts'

export interface BridgeOptions {
  /** The URL of `/mcp`. */
  readonly url: string
  readonly key: string
  /** Receives each message for the client, as one line. */
  readonly write: (line: string) => void
}

export interface Bridge {
  /** Takes a line of the client. */
  readonly receive: (line: string) => void
  /** Resolves when everything that was received has been answered. */
  readonly idle: () => Promise<void>
}

const PARSE_ERROR = -32_700
const SERVER_ERROR = -32_000

/** Passes the messages of a client over stdio to a server over HTTP, and back. It adds nothing and remembers nothing. */
export function createBridge({ url, key, write }: BridgeOptions): Bridge {
  const running = new Map<string, AbortController>()
  const pending = new Set<Promise<void>>()
  let agreedVersion: string | undefined

  async function pass(line: string, message: Message): Promise<void> {
    const request = requestKey(message)
    const controller = new AbortController()
    if (request !== undefined) running.set(request, controller)
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          accept: 'application/json, text/event-stream',
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          ...messageHeaders(message, agreedVersion),
        },
        body: line,
        signal: controller.signal,
      })
      const isAnswered = await passBack(response, message)
      if (request !== undefined && !isAnswered) write(errorMessage(message.id, SERVER_ERROR, problemOf(response)))
    } catch (error) {
      // Nobody waits for the answer to a request that was cancelled.
      if (request === undefined || controller.signal.aborted) return
      write(errorMessage(message.id, SERVER_ERROR, `${url} cannot be reached: ${reasonOf(error)}`))
    } finally {
      if (request !== undefined) running.delete(request)
    }
  }

  /** Writes what a response contains. Resolves to whether the message's own answer was among it. */
  async function passBack(response: Response, { id, method }: Message): Promise<boolean> {
    let isAnswered = false
    for await (const text of messagesOf(response)) {
      const received = messageOf(text)
      if (received === undefined || !('jsonrpc' in received)) continue
      if (received.id === id && received.method === undefined) {
        isAnswered = true
        const version = received.result?.['protocolVersion']
        if (method === 'initialize' && typeof version === 'string') agreedVersion = version
      }
      write(JSON.stringify(received))
    }
    return isAnswered
  }

  return {
    receive(line) {
      if (line.trim() === '') return
      const message = messageOf(line)
      if (message === undefined) return write(errorMessage(null, PARSE_ERROR, 'The line is not a JSON-RPC message'))
      if (message.method === 'notifications/cancelled' && isRecord(message.params)) {
        // The server notices that nobody listens any more.
        running.get(JSON.stringify(message.params['requestId']))?.abort()
      }
      const passing = pass(line, message).finally(() => pending.delete(passing))
      pending.add(passing)
    },
    async idle() {
      while (pending.size > 0) await Promise.all(pending)
    },
  }
}

async function* messagesOf(response: Response): AsyncGenerator<string> {
  const type = response.headers.get('content-type') ?? ''
  if (type.startsWith('text/event-stream') && response.body !== null) yield* eventData(response.body)
  else yield await response.text()
}

function problemOf({ status, url }: Response): string {
  if (status === 401)
    return 'TASKWIRE_API_KEY is not accepted: it was revoked, has expired or is mistyped. Create a new one'
  if (status === 404) return `There is no Taskwire at ${url}: check TASKWIRE_URL`
  if (status < 300) return 'The server sent no answer'
  return `The server answered with status ${status}`
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error ? cause.message : String(cause)
}
