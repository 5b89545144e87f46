import { setTimeout as pause } from 'node:timers/promises'
import { decodeProtectedHeader, SignJWT } from 'jose'

/**
 * How a caller authenticates: with the session of a person who signed up, its cookie, an API key, or a token that is
 * signed with the shared secret for any subject.
 */
export type Credential =
  | { readonly session: string }
  | { readonly cookie: string }
  | { readonly api_key: string }
  | { readonly subject: string }

export interface RecordedRequest {
  /** The name of a credential; absent for a request without one. */
  readonly as?: string
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export interface RecordedResponse {
  readonly status: number
  readonly etag?: string | undefined
  /** The cookies that were set, as a browser sends them. */
  readonly cookie?: string | undefined
  /** Parsed JSON; for a stream, the data of its last event. */
  readonly body?: unknown
}

/** A request, and the response of the version that recorded it. */
export interface Exchange {
  readonly title: string
  readonly request: RecordedRequest
  readonly answer: RecordedResponse
}

export type Send = (request: RecordedRequest) => Promise<RecordedResponse>

export interface Installation {
  readonly url: string
  /** The content of the data directory's secret file. */
  readonly secret: string
  readonly credentials: Readonly<Record<string, Credential>>
}

/** Sends requests to a running server with the credentials of its data directory. */
export function sender({ url, secret, credentials }: Installation): Send {
  const authorization = authorizer({ url, secret, credentials })
  return async ({ as, method, path, headers = {}, body }) => {
    const response = await answered(url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(await authorization(as, path)),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return {
      status: response.status,
      etag: response.headers.get('etag') ?? undefined,
      cookie: cookiesOf(response),
      body: parsedBody(await response.text()),
    }
  }
}

export function authorizer({ url, secret, credentials }: Installation) {
  const tokens = new Map<string, Promise<string>>()
  return async (as: string | undefined, path: string): Promise<Record<string, string>> => {
    if (as === undefined) return {}
    const credential = credentials[as]
    if (credential === undefined) throw new Error(`there is no credential ${as}`)
    if ('cookie' in credential) return { cookie: credential.cookie }
    // Better Auth's own routes accept the session itself, all others the token that it is exchanged for.
    if ('session' in credential && path.startsWith('/api/auth/')) return bearer(credential.session)
    const token = tokens.get(as) ?? tokenOf(credential, url, secret)
    tokens.set(as, token)
    return bearer(await token)
  }
}

/**
 * A read is repeated after a 503, as clients do: on a very busy machine the first connection to PostgreSQL can take longer
 * than a request waits for it.
 */
async function answered(url: string, init: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, init)
    const isRead = (init.method ?? 'GET') === 'GET'
    if (!isRead || response.status !== 503 || attempt === 5) return response
    await pause(Number(response.headers.get('retry-after') ?? 1) * 1000)
  }
}

type TokenCredential = Exclude<Credential, { readonly cookie: string }>

async function tokenOf(credential: TokenCredential, url: string, secret: string): Promise<string> {
  if ('api_key' in credential) return credential.api_key
  if ('subject' in credential) return signedToken(credential.subject, secret)
  const response = await answered(`${url}/api/auth/token`, { headers: bearer(credential.session) })
  const { token } = (await response.json()) as { token?: string }
  if (token === undefined) throw new Error(`no token for the session, but status ${response.status}`)
  return token
}

function signedToken(subject: string, secret: string): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime('10m')
    .sign(new TextEncoder().encode(secret))
}

function bearer(token: string) {
  return { authorization: `Bearer ${token}` }
}

function cookiesOf({ headers }: Response): string | undefined {
  const cookies = headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0])
  return cookies.length === 0 ? undefined : cookies.join('; ')
}

function parsedBody(text: string): unknown {
  const events = [...text.matchAll(/^data: (.*)$/gm)]
  const json = events.at(-1)?.[1] ?? text
  try {
    return JSON.parse(json)
  } catch {
    return json === '' ? undefined : json
  }
}

/** The id of the key that signed the token in the response of `/api/auth/token`. */
export function keyIdOf({ body }: RecordedResponse): string | undefined {
  const { token = '' } = body as { token?: string }
  return decodeProtectedHeader(token).kid
}
