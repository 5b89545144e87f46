import { connect } from 'node:net'
import type { Random } from '@taskwire/faults'

/** Bytes for one connection, in the pieces in which they are written. */
export type RawConnection = readonly string[]

/** One or two requests as no HTTP library would send them. Every letter is one byte (latin1). */
export function framedRequests(token: string, random: Random): RawConnection {
  const first = random.int(4) === 0 ? framedRequest(token, random) : ''
  const requests = first + framedRequest(token, random, 'connection: close')
  const all = random.int(10) === 0 ? damaged(requests, random) : requests
  if (all.length < 2 || random.int(3) > 0) return [all]
  const at = 1 + random.int(all.length - 1)
  return [all.slice(0, at), all.slice(at)]
}

const PLACES = [
  'method',
  'target',
  'version',
  'line',
  'eol',
  'host',
  'token',
  'framing',
  'headers',
  'body',
  'chunks',
] as const

function framedRequest(token: string, random: Random, ...more: readonly string[]): string {
  const strange: ReadonlySet<string> = new Set(random.shuffled(PLACES).slice(0, random.int(4)))
  const at = <T>(place: (typeof PLACES)[number], usual: T, others: readonly T[]) =>
    strange.has(place) ? random.pick(others) : usual
  const body = at('body', '{"title":"framed"}', BODIES)
  const eol = at('eol', '\r\n', ['\n', '\r', '\r\r\n', '\n\r'])
  const framing = random.int(2) === 0 ? [`content-length: ${body.length}`] : ['transfer-encoding: chunked']
  const headers = [
    ...at('host', ['host: localhost'], HOSTS),
    `authorization: ${at('token', `Bearer ${token}`, ['Bearer', `bearer ${token}`, `Bearer  ${token}`, 'Basic Og=='])}`,
    'content-type: application/json',
    ...more,
    ...at('framing', framing, FRAMINGS),
    ...at('headers', [], [...HEADERS, flood(random)]),
  ]
  const isChunked = headers.some((header) => header.startsWith('transfer-encoding'))
  const sent = isChunked ? at('chunks', chunks(body, random), CHUNKS) : body
  const target = at('target', '/api/framed/tasks', TARGETS)
  const line = `${at('method', 'POST', METHODS)} ${target} ${at('version', 'HTTP/1.1', VERSIONS)}`
  return [at('line', line, LINES), ...random.shuffled(headers), '', sent].join(eol)
}

function chunks(body: string, random: Random): string {
  const at = random.int(body.length + 1)
  const parts = [body.slice(0, at), body.slice(at)].filter((part) => part !== '')
  return `${parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')}0\r\n\r\n`
}

/** Many headers, or a long one. */
function flood(random: Random): string[] {
  if (random.int(2) === 0) return [`x-long: ${'x'.repeat(1000 + random.int(40_000))}`]
  return Array.from({ length: 100 + random.int(3000) }, (_, n) => `x-${n}: ${n}`)
}

/** One byte is missing, doubled or another one, or the end is missing. */
function damaged(bytes: string, random: Random): string {
  const at = random.int(bytes.length)
  const rest = bytes.slice(at + 1)
  const replacement = random.pick(['', `${bytes[at]}${bytes[at]}`, String.fromCharCode(random.int(256))])
  return random.int(3) === 0 ? bytes.slice(0, at) : bytes.slice(0, at) + replacement + rest
}

const METHODS = [
  'GET',
  'HEAD',
  'PUT',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'post',
  'P\0ST',
  '',
  'G'.repeat(300),
]

const TARGETS = [
  '/health',
  '/api/auth/get-session',
  '/mcp',
  '/trpc/task.list',
  '*',
  '?',
  '#',
  '/%',
  '/%00',
  '/\0',
  '/a b',
  '//',
  '\\',
  '/caf\xe9',
  '/\xff\xfe',
  'localhost:8000',
  'http://localhost/health',
  'http://',
  'file:///etc/passwd',
  'http://[::1/health',
  `/${'a'.repeat(20_000)}`,
  `/?${'a=1&'.repeat(3000)}`,
  '',
]

const VERSIONS = ['HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', 'HTTP/1.2', 'HTTP/11.1', 'http/1.1', 'HTTP/1.1 ', 'HTTPS/1.1', '']

const LINES = [
  'PRI * HTTP/2.0',
  'GET /',
  '\x16\x03\x01\x02\x00\x01',
  '{"title":"x"}',
  '\r\n\r\nGET /health HTTP/1.1',
  'GET',
]

const HOSTS = [
  [],
  ['host: a', 'host: b'],
  ['host:'],
  ['host : localhost'],
  ['host: a b'],
  ['host: \xff'],
  ['Host: ../..'],
]

const FRAMINGS = [
  ['content-length: 5', 'transfer-encoding: chunked'],
  ['content-length: 5', 'content-length: 6'],
  ['content-length: 5, 5'],
  ['content-length: -1'],
  ['content-length: +5'],
  ['content-length: 0x5'],
  ['content-length: 1e3'],
  ['content-length: 5 5'],
  ['content-length:'],
  ['content-length: 99999999999999999999'],
  ['content-length: 100000'],
  ['content-length: 1'],
  ['transfer-encoding: chunked, chunked'],
  ['transfer-encoding: chunked', 'transfer-encoding: identity'],
  ['transfer-encoding: identity'],
  ['transfer-encoding: gzip, chunked'],
  ['transfer-encoding: xchunked'],
  ['transfer-encoding : chunked'],
  ['transfer-encoding: \x0bchunked'],
  [],
]

const HEADERS = [
  ['connection: upgrade\r\nupgrade: websocket'],
  ['connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__'],
  ['connection: close'],
  ['connection: keep-alive, authorization'],
  ['expect: 100-continue'],
  ['expect: the unexpected'],
  ['te: trailers'],
  ['trailer: authorization'],
  [' folded: header'],
  ['x-folded: a\r\n b'],
  ['no colon'],
  [': no name'],
  ['x y: z'],
  ['x-nul: a\0b'],
  ['x-bytes: \x01\x7f\xff'],
  ['content-encoding: br'],
  ['content-type: application/json; charset=\xff'],
  ['content-type: application/json\r\ncontent-type: text/plain'],
  ['idempotency-key: \xe9'],
  ['if-match: "'],
  ['range: bytes=0-0,-1'],
  ['__proto__: x'],
  ['constructor: x'],
]

const BODIES = ['', '{', '\xff\xfe', '\0', '[]', 'x'.repeat(70_000), '{"title":"\xe9"}']

const CHUNKS = [
  '',
  '0\r\n\r\n',
  '5\r\nabc',
  '5\r\nabcdefgh\r\n0\r\n\r\n',
  '5;ext=1\r\nhello\r\n0\r\n\r\n',
  `5;${'e'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`,
  '0x5\r\nhello\r\n0\r\n\r\n',
  '-1\r\nhello\r\n0\r\n\r\n',
  ' 5\r\nhello\r\n0\r\n\r\n',
  'ffffffffffffffff\r\nhello\r\n0\r\n\r\n',
  '5\nhello\n0\n\n',
  'g\r\nhello\r\n0\r\n\r\n',
  `${'1\r\nx\r\n'.repeat(5000)}0\r\n\r\n`,
  '0\r\ntrailer: x\r\ncontent-length: 5\r\n\r\n',
  `0\r\n${'x-t: 1\r\n'.repeat(3000)}\r\n`,
  '0\r\n\r\nGET /health HTTP/1.1\r\nhost: a\r\n\r\n',
]

const QUIET_MS = 300

/**
 * Writes the pieces on a connection of its own, and resolves to all that came back (latin1). If the server waits for
 * more, ends the connection.
 */
export function exchange(port: number, [first = '', second]: RawConnection): Promise<string> {
  return new Promise((resolve) => {
    let received = ''
    const socket = connect({ port, host: '127.0.0.1' }, () => {
      socket.write(first, 'latin1')
      if (second !== undefined) setImmediate(() => socket.write(second, 'latin1'))
    })
    socket.setTimeout(QUIET_MS, () => (socket.writableEnded ? socket.destroy() : socket.end()))
    socket.setEncoding('latin1').on('data', (chunk: string) => (received += chunk))
    socket.on('error', () => {})
    socket.on('close', () => resolve(received))
  })
}
