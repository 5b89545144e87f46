import { Agent, request, type IncomingMessage } from 'node:http'

export interface HttpRequest {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** Announces a body of so many bytes and sends none of it, so that the server has to refuse it by its length. */
  readonly announced?: number
  /** A stream ends only with its subscription: read until this text has come. */
  readonly until?: RegExp
}

export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
  /** Every byte that came back: the status line, all headers and the body. */
  readonly bytes: string
}

const agent = new Agent({ keepAlive: true })
/** A stream that has nothing to tell is left after this time. */
const QUIET_MS = 500

/** Sends over HTTP to `url`; every byte of every answer goes to `onBytes` as well. */
export function httpClient(url: string, onBytes: (bytes: string) => void) {
  const { hostname, port } = new URL(url)
  return (sent: HttpRequest): Promise<HttpReply> =>
    new Promise((resolve, reject) => {
      const { method, path, headers = {}, body, announced } = sent
      const length = announced === undefined ? {} : { 'content-length': String(announced) }
      const outgoing = request({ agent, hostname, port, method, path, headers: { ...headers, ...length } })
      outgoing.once('error', reject)
      outgoing.once('response', (answer) => {
        read(answer, sent.until).then((reply) => {
          if (announced !== undefined) outgoing.destroy()
          onBytes(reply.bytes)
          resolve(reply)
        }, reject)
      })
      if (announced === undefined) outgoing.end(body)
      else outgoing.flushHeaders()
    })
}

export type HttpClient = ReturnType<typeof httpClient>

async function read(answer: IncomingMessage, until: RegExp | undefined): Promise<HttpReply> {
  const { statusCode = 0, statusMessage = '', rawHeaders } = answer
  const text = await textOf(answer, until)
  const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)])
  return {
    status: statusCode,
    headers: Object.fromEntries(headers),
    text,
    bytes: `${statusCode} ${statusMessage}\n${rawHeaders.join('\n')}\n\n${text}`,
  }
}

/** The body; of a stream, what has come when `until` matches or nothing more comes. */
function textOf(answer: IncomingMessage, until: RegExp | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const isStream = until !== undefined && answer.headers['content-type']?.startsWith('text/event-stream') === true
    const finish = () => {
      clearTimeout(timer)
      resolve(text)
    }
    const leave = () => {
      finish()
      answer.destroy()
    }
    const timer = isStream ? setTimeout(leave, QUIET_MS) : undefined
    answer.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (isStream && until.test(text)) leave()
    })
    answer.once('end', finish)
    answer.once('error', reject)
  })
}
