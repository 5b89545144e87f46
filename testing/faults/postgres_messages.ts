import type { PostgresError } from './postgres_errors.ts'

// The frames of PostgreSQL's protocol 3: a type of one byte, then the length (itself included) as an int32, then the
// body. Only the first message of a connection has no type. https://www.postgresql.org/docs/current/protocol.html

/** Splits a stream of bytes into whole messages; an incomplete one waits for the next chunk. */
export class MessageReader {
  #rest: Buffer = Buffer.alloc(0)

  /** `typed` is false for the messages with which a client opens a connection. */
  next(typed = true): Buffer | undefined {
    const start = typed ? 1 : 0
    if (this.#rest.length < start + 4) return undefined
    const end = start + this.#rest.readInt32BE(start)
    if (this.#rest.length < end) return undefined
    const message = this.#rest.subarray(0, end)
    this.#rest = this.#rest.subarray(end)
    return message
  }

  add(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
  }
}

const SSL_REQUEST = 80877103
const GSS_REQUEST = 80877104
const CANCEL_REQUEST = 80877102

/** The request in the first message of a connection. */
export function openingOf(message: Buffer): 'encryption' | 'cancel' | 'session' {
  const code = message.readInt32BE(4)
  if (code === SSL_REQUEST || code === GSS_REQUEST) return 'encryption'
  return code === CANCEL_REQUEST ? 'cancel' : 'session'
}

export function typeOf(message: Buffer): string {
  return String.fromCharCode(message.readUInt8(0))
}

/** The first zero-terminated strings of a message's body. */
export function stringsOf(message: Buffer, count: number): string[] {
  let start = 5
  return Array.from({ length: count }, () => {
    const end = message.indexOf(0, start)
    const text = message.toString('utf8', start, end < 0 ? undefined : end)
    start += Buffer.byteLength(text) + 1
    return text
  })
}

export function errorResponse({ severity, code, message }: PostgresError): Buffer {
  return framed('E', `S${severity}\0V${severity}\0C${code}\0M${message}\0\0`)
}

/** A Query message; a text that does not parse makes it fail in its place. */
export function query(text: string): Buffer {
  return framed('Q', `${text}\0`)
}

/** A Parse message of an unnamed statement without parameter types. */
export function parse(text: string): Buffer {
  return framed('P', `\0${text}\0\0\0`)
}

function framed(type: string, body: string): Buffer {
  const bytes = Buffer.from(body)
  const head = Buffer.alloc(5)
  head.write(type, 0, 'latin1')
  head.writeInt32BE(bytes.length + 4, 1)
  return Buffer.concat([head, bytes])
}
