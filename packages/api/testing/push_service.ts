import { createECDH, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose'
import { decryptedPush } from './decrypted_push.ts'

export interface Pushed {
  /** The name that the browser has at the service. */
  readonly browser: string
  readonly headers: IncomingHttpHeaders
  /** As the browser decrypts it. */
  readonly payload: unknown
}

/** A browser that has subscribed at the service. */
export interface SubscribedBrowser {
  readonly endpoint: string
  readonly keys: { readonly p256dh: string; readonly auth: string }
}

export interface PushService {
  readonly url: string
  /** Every message that was accepted, in the order of their arrival. */
  readonly pushed: Pushed[]
  /** The names of the browsers that messages were sent to, accepted or not. */
  readonly asked: string[]
  /** How messages are answered from now on: by a status, or by hand. */
  answer: number | ((response: ServerResponse, browser: string) => void)
  browser(): SubscribedBrowser
  close(): Promise<void>
}

/** A push service on loopback that judges the sender's signature (RFC 8292) and decrypts as a browser would (RFC 8291). */
export async function pushService(applicationServerKey: () => Promise<string>): Promise<PushService> {
  const pushed: Pushed[] = []
  const asked: string[] = []
  const browsers = new Map<string, (body: Buffer) => unknown>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      void receive(request.url?.slice(1) ?? '', request.headers, Buffer.concat(chunks)).then(
        (accepted) => respond(response, accepted),
        (error: unknown) => response.writeHead(400).end(String(error)),
      )
    })
  })

  async function receive(browser: string, headers: IncomingHttpHeaders, body: Buffer): Promise<Pushed> {
    const decrypt = browsers.get(browser)
    if (decrypt === undefined) throw new Error('no such browser')
    await assertSigned(headers.authorization ?? '', { key: await applicationServerKey(), audience: self.url })
    if (headers['content-encoding'] !== 'aes128gcm') throw new Error('not encrypted')
    return { browser, headers, payload: decrypt(body) }
  }

  function respond(response: ServerResponse, accepted: Pushed): void {
    asked.push(accepted.browser)
    if (typeof self.answer === 'function') return self.answer(response, accepted.browser)
    if (self.answer < 300) pushed.push(accepted)
    response.writeHead(self.answer).end()
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const self: PushService = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pushed,
    asked,
    answer: 201,
    browser() {
      const privateKey = createECDH('prime256v1')
      const p256dh = privateKey.generateKeys().toString('base64url')
      const auth = randomBytes(16).toString('base64url')
      const name = randomBytes(16).toString('base64url')
      browsers.set(name, (body) => JSON.parse(decryptedPush(body, { privateKey, auth })))
      return { endpoint: `${self.url}/${name}`, keys: { p256dh, auth } }
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return self
}

/** Fails unless the header is the signature of the application server that browsers have subscribed for. */
async function assertSigned(header: string, { key, audience }: { key: string; audience: string }): Promise<void> {
  const [, token = '', sent = ''] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(header) ?? []
  if (sent !== key) throw new Error('not the key that browsers have subscribed for')
  const point = Buffer.from(key, 'base64url')
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'))
  if (decodeProtectedHeader(token).alg !== 'ES256') throw new Error('not signed by ES256')
  const publicKey = await importJWK({ kty: 'EC', crv: 'P-256', x: x ?? '', y: y ?? '' }, 'ES256')
  const { payload } = await jwtVerify(token, publicKey, { audience, requiredClaims: ['exp', 'sub'] })
  const day = Date.now() / 1000 + 86_400
  if ((payload.exp ?? 0) > day) throw new Error('valid for more than a day')
  if (!/^(mailto:|https:)/.test(payload.sub ?? '')) throw new Error('no contact')
}
