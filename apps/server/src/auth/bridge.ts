import { publicError, ApiError } from '@taskwire/api'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { CountAttempt } from './attempt_counts.ts'
import type { TaskwireAuth } from './better_auth.ts'
import { rateLimitHeaders } from '../http/rate_limit_headers.ts'
import { countedAddress } from './client_address.ts'
import { throwDatabaseFailure } from './database_failures.ts'
import { answerCall, AUTHORIZE } from './oauth/answer.ts'
import { AUTHORIZATION_SERVER_PATH, authorizationServer } from './oauth/metadata.ts'
import { withOurUrls } from './oauth/redirects.ts'
import { assertStorableUrl, checkedBody } from './sign_in_body.ts'
import { sendResponse, webRequest } from './sign_in_exchange.ts'

export interface BridgeOptions {
  /** Opens Better Auth, at the first request; retried until it succeeds. */
  readonly open: () => Promise<TaskwireAuth>
  /** Our public base URL, never derived from a Host header. It is also the issuer of the authorization server. */
  readonly url: string
  /** Whether clients may be known by a document on the internet. */
  readonly readsClientDocuments: boolean
  /** Counts requests to LIMITED routes by client address. */
  readonly countAttempt: CountAttempt
  /** Called after keys, sessions or users may have changed. */
  readonly changed: () => void
}

const BODY_LIMIT = 64 * 1024

/** Where clients look for the metadata of the authorization server (RFC 8414; the longer ones for an issuer with a path). */
const METADATA_PATHS = ['', '/mcp', '/api/auth'].map((suffix) => `${AUTHORIZATION_SERVER_PATH}${suffix}`)

/**
 * The routes that create accounts, those on which passwords and secret links could be guessed, and those at which a client
 * may make this server fetch its document.
 */
const LIMITED =
  /^\/api\/auth\/(sign-(in|up)|(verify|change|reset)-password|request-password-reset|change-email|delete-user|send-verification-email|verify-email|oauth2\/(register|authorize|token|revoke|public-client(-prelogin)?))(\/|$)/

/** The routes that end or change keys, sessions, accounts or what was granted to clients. */
const REVOKING =
  /^\/api\/auth\/(api-key|delete-user|sign-out|revoke-|change-password|reset-password|oauth2\/(revoke|token|consent|(delete|update)-consent)$)/

/** Better Auth at `/api/auth/*`, with the server's own limits, error bodies and client addresses. */
export function signInBridge(options: BridgeOptions): FastifyPluginAsync {
  const { open, url: publicUrl, readsClientDocuments, countAttempt, changed } = options
  const { origin } = new URL(publicUrl)
  let opened: Promise<TaskwireAuth> | undefined

  function betterAuth(): Promise<TaskwireAuth> {
    opened ??= open().catch((error: unknown) => {
      opened = undefined
      throw publicError(error)
    })
    return opened
  }

  async function assertWithinLimit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const allowance = await countAttempt('sign-in', countedAddress(request.ip))
    reply.headers(rateLimitHeaders('sign-in', allowance))
    if (!allowance.allowed) throw new ApiError('rate_limited', { retry_after: allowance.reset })
  }

  async function handle(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    // Limits, Better Auth and everything below use this one URL.
    const url = servedUrl(request.url, origin)
    const isWrite = request.method === 'POST'
    if (LIMITED.test(url.pathname) && (isWrite || url.pathname === AUTHORIZE || namesDocument(url)))
      await assertWithinLimit(request, reply)
    assertStorableUrl(url)
    const auth = await betterAuth()
    const call = {
      pathname: url.pathname,
      body: request.body,
      ask: (body?: string) => auth.handler(webRequest(request, url, body)),
      storeRedirects: (client_id: string, redirectUris: readonly string[]) =>
        storeRedirects(auth, client_id, redirectUris),
    }
    const response = await throwDatabaseFailure(() => answerCall(call)).catch((error: unknown) => {
      throw publicError(error)
    })
    if (isWrite && REVOKING.test(url.pathname)) changed()
    // Responses contain tokens and personal data; only the public keys may be cached.
    if (url.pathname !== '/api/auth/jwks') reply.header('cache-control', 'no-store')
    return sendResponse(await withOurUrls(response, publicUrl), reply)
  }

  return async (app) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_LIMIT }, (request, body, done) => {
      try {
        done(null, checkedBody(String(body), request))
      } catch (error) {
        done(publicError(error))
      }
    })
    app.route({ method: ['GET', 'POST'], url: '/api/auth/*', handler: handle })
    const metadata = authorizationServer({ url: publicUrl, readsClientDocuments })
    for (const path of METADATA_PATHS) app.get(path, () => metadata)
  }
}

/** Better Auth serves a path with a slash at its end too: it is the same path to everything here. With two it serves none. */
function servedUrl(target: string, origin: string): URL {
  const url = new URL(target, origin)
  url.pathname = url.pathname.replace(/([^/])\/$/, '$1')
  return url
}

/** Whether a client is named by the URL of its document. */
function namesDocument({ searchParams }: URL): boolean {
  return searchParams.getAll('client_id').some((id) => URL.canParse(id))
}

async function storeRedirects({ $context }: TaskwireAuth, client_id: string, redirectUris: readonly string[]) {
  const { adapter } = await $context
  const where = [{ field: 'clientId', value: client_id }]
  return adapter.update({ model: 'oauthClient', where, update: { redirectUris } })
}
