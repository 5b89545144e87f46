import { apiErrors, ApiError, type ErrorCode } from '@taskwire/api'
import { signedToken } from '@taskwire/api/testing'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { malformed, oversized, type BadRequest } from '../../testing/matrix/refusals.ts'
import { FILTERS, NAMES_WITH_OTHERS, NO_ROW, NOT_FOUND, samples, type Rows } from '../../testing/matrix/samples.ts'
import { storedRows } from '../../testing/matrix/stored.ts'
import { allRoutes, type Args, type MatrixCall, type Route } from '../../testing/matrix/transports.ts'
import { oauthClient } from '../../testing/oauth_client.ts'
import { openWorld, prepared, tokenOf, type World } from '../../testing/matrix/world.ts'

// Every operation, on every transport that offers it, against every caller that must not get through. It is generated
// from the operations: a new one is in it, and fails until it has a sample.

interface Caller {
  readonly user: string
  readonly token: string
  readonly rows: Rows
}

let world: World
let reader: Caller
let viewer: Caller
let stranger: Caller
beforeAll(async () => {
  world = await openWorld()
  const { id, session } = await world.server.newUser()
  const { key } = await world.server.newKey(session, { name: 'reader', configId: 'read' })
  reader = { user: id, token: key, rows: await prepared(world.send, id) }
  const { tokens } = await oauthClient(world.server).connected(session, 'tasks:read')
  viewer = { ...reader, token: tokens.access_token }
  stranger = await newCaller('stranger')
})
afterAll(async () => {
  expect(world.exposed()).toEqual([])
  await world.close()
})

async function newCaller(user: string): Promise<Caller> {
  return { user, token: await tokenOf(user), rows: await prepared(world.send, user) }
}

/** The sample of an operation, with only the fields that the route accepts. */
function sampleOf({ operation, fields }: Route, rows: Rows): Args {
  const sample = samples[operation.name]
  if (sample === undefined) throw new Error(`testing/matrix/samples.ts has no sample of ${operation.name}`)
  return Object.fromEntries(Object.entries(sample(rows)).filter(([name]) => fields.includes(name)))
}

/** The fields of a route that name a row. */
function idsOf({ operation, fields }: Route): (keyof Rows)[] {
  return fields
    .filter((name) => (/_ids?$|^seq$|Id$/.test(name) && !NO_ROW.has(name)) || name in NOT_FOUND)
    .map((name) => {
      if (isRowName(name)) return name
      throw new Error(`testing/matrix/samples.ts does not know what ${name} of ${operation.name} names`)
    })
}

function isRowName(name: string): name is keyof Rows {
  return name in NOT_FOUND
}

/**
 * Expects each request to fail with its code, its status and a documented response, and to change no row of any table.
 */
async function expectRejected(route: Route, requests: readonly BadRequest[]): Promise<void> {
  // A chat message is stored, whatever the outcome of its tool calls.
  const options = route.via === 'chat' ? { chatOf: stranger.user } : {}
  const before = await storedRows(world.server.database, options)
  for (const { what, request, code } of requests) {
    const reply = await world.send(request)
    expect([what, route.outcome(reply), reply.status]).toEqual([what, code, statusOf(route, code)])
    if (route.rest === undefined) continue
    const { method, meta } = route.rest
    expect([what, world.documented.problem(method, meta.path, reply)]).toEqual([what, undefined])
  }
  expect(await storedRows(world.server.database, options)).toBe(before)
}

/** The status of an error on a route. Tools report their errors in an ordinary response. */
function statusOf({ via, operation }: Route, code: string): number {
  if (!isCode(code)) return 200
  const isBeforeTheCall = apiErrors[code].status === 401 || SIZE_OR_SYNTAX.has(code)
  // A read-only key may not even send a message.
  const ofTheChat = via === 'chat' && code === 'scope_insufficient'
  if ((via === 'mcp' || via === 'chat') && !isBeforeTheCall && !ofTheChat) return 200
  if (via !== 'trpc' || code === 'headers_too_large') return apiErrors[code].status
  // A stream has started before it can report the error.
  const streams = operation.output === undefined
  return streams && !SIZE_OR_SYNTAX.has(code) ? 200 : getHTTPStatusCodeFromError(new ApiError(code))
}
const SIZE_OR_SYNTAX = new Set(['payload_too_large', 'headers_too_large', 'malformed_json', 'unsupported_media_type'])

function isCode(code: string): code is ErrorCode {
  return code in apiErrors
}

function callOf(route: Route, caller: Caller, more: Partial<MatrixCall> = {}): MatrixCall {
  return { token: caller.token, user: caller.user, args: sampleOf(route, caller.rows), ...more }
}

let callers = 0

describe.each(allRoutes())('$title', (route) => {
  const { operation, via } = route

  test('succeeds for its owner, as documented', async () => {
    const owner = await newCaller(`owner-${++callers}`)
    const { outcome, problem, reply } = await world.call(route, callOf(route, owner))
    expect([outcome, problem, reply.status < 300]).toEqual(['ok', undefined, true])
  })

  test('requires a token', async () => {
    const request = route.request(callOf(route, stranger, { token: undefined }))
    await expectRejected(route, [{ what: 'no token', request, code: 'not_authenticated' }])
  })

  test('rejects forged tokens', async () => {
    const [, body = '', signature = ''] = stranger.token.split('.')
    const forged: readonly (readonly [string, string])[] = [
      [`${encode({ alg: 'none' })}.${body}.`, 'token_algorithm'],
      [await signedToken({ sub: stranger.user }, new TextEncoder().encode('x'.repeat(40))), 'token_signature_invalid'],
      [`${encode({ alg: 'HS256' })}.${encode({ sub: 'victim', exp: 1e10 })}.${signature}`, 'token_signature_invalid'],
      [stranger.token.slice(0, 40), 'token_malformed'],
      [`tw_${'x'.repeat(64)}`, 'api_key_invalid'],
    ]
    // The rest of the request names the user that the token claims.
    const request = route.request(callOf(route, stranger))
    const withToken = (token: string) => ({
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${token}` },
    })
    await expectRejected(
      route,
      forged.map(([token, code]) => ({ what: token, request: withToken(token), code })),
    )
  })

  test.runIf(via !== 'rest' || route.rest?.meta.path.includes('{user_id}'))(
    'rejects acting for another user',
    async () => {
      const call = callOf(route, stranger, {
        user: world.victim.user,
        namesUser: true,
        args: sampleOf(route, world.victim),
      })
      const code = via === 'trpc' ? 'validation_failed' : 'user_mismatch'
      await expectRejected(route, [{ what: 'another user', request: route.request(call), code }])
    },
  )

  test.runIf(idsOf(route).length > 0)(
    "does not find another user's rows, and responds as if there were none",
    async () => {
      for (const name of idsOf(route)) {
        const sent = (id: number) =>
          route.request(callOf(route, stranger, { args: { ...sampleOf(route, stranger.rows), [name]: id } }))
        const field = `${operation.name} ${name}`
        const code = FILTERS.has(field) ? 'ok' : (NAMES_WITH_OTHERS[field] ?? NOT_FOUND[name])
        await expectRejected(route, [{ what: name, request: sent(world.victim[name]), code }])
        const [foreign, absent] = [await world.send(sent(world.victim[name])), await world.send(sent(2_000_000_000))]
        expect(withoutIds(foreign.text)).toBe(withoutIds(absent.text))
      }
    },
  )

  test('rejects malformed requests', async () => {
    await expectRejected(route, malformed(route, callOf(route, stranger)))
  })

  test('rejects oversized requests', async () => {
    await expectRejected(route, oversized(route, callOf(route, stranger)))
  })

  test.runIf(operation.type === 'mutation')('rejects a read-only key or access token', async () => {
    const request = route.request(callOf(route, reader))
    await expectRejected(route, [{ what: 'a read-only key', request, code: 'scope_insufficient' }])
    const byClient = route.request(callOf(route, viewer))
    await expectRejected(route, [
      { what: 'a client that may only read', request: byClient, code: 'scope_insufficient' },
    ])
  })
})

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** The text without the parts that differ between any two responses. */
function withoutIds(text: string): string {
  return text
    .replaceAll(/"request_id\\?":\\?"[^"\\]*/g, '')
    .replaceAll(/\d{10}|"(conversation_id|task_id)\\*":\d+|\d+/g, 'N')
}
