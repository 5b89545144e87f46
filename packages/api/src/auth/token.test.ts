import { createLocalJWKSet, CompactSign, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { apiErrorOf, signedToken, TEST_SECRET } from '../../testing/services.ts'
import { ApiError } from '../errors/api_error.ts'
import { createRevocations } from './revocations.ts'
import { bearerToken, tokenVerifier } from './token.ts'
import type { TokenRules } from './token_rules.ts'
import type { Principal } from '../core/services.ts'
import { isUserId } from '@taskwire/db'

const NOW = 1_800_000_000
const keys = {
  EdDSA: await generateKeyPair('EdDSA'),
  ES256: await generateKeyPair('ES256'),
  RS256: await generateKeyPair('RS256'),
}
const publicKeys = await Promise.all(
  Object.entries(keys).map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid })),
)
const issuer = { issuer: 'https://tasks.example', audience: 'tasks', keys: createLocalJWKSet({ keys: publicKeys }) }
const rules: TokenRules = { secret: TEST_SECRET, issuers: [issuer], clock: () => NOW * 1000 }

const claims = { sub: 'alice', iat: NOW, exp: NOW + 3600 }
const issuedClaims = { ...claims, iss: issuer.issuer, aud: issuer.audience }

function issued(payload: object, kid: keyof typeof keys = 'EdDSA', header: object = {}): Promise<string> {
  return new SignJWT({ ...payload }).setProtectedHeader({ alg: kid, kid, ...header }).sign(keys[kid].privateKey)
}

/** Any bytes and any header, signed with HS256. */
function signedPayload(payload: string, header: object = {}): Promise<string> {
  return new CompactSign(new TextEncoder().encode(payload))
    .setProtectedHeader({ alg: 'HS256', ...header })
    .sign(TEST_SECRET)
}

async function verified(token: string | undefined, more: Partial<TokenRules> = {}): Promise<Principal> {
  return tokenVerifier({ ...rules, ...more }).verify(token)
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

test.each([
  ['HS256', () => signedToken(claims)],
  ['EdDSA', () => issued(issuedClaims)],
])('no single bit of a token can be flipped: %s', async (_alg, sign) => {
  const token = Buffer.from(await sign())
  expect(await verified(token.toString())).toMatchObject({ user_id: 'alice' })
  const accepted: string[] = []
  for (let bit = 0; bit < token.length * 8; bit++) {
    const flipped = Buffer.from(token)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    await verified(flipped.toString('latin1')).then(
      () => accepted.push(flipped.toString('latin1')),
      (error: unknown) => expect(error).toMatchObject({ status: 401 }),
    )
  }
  expect(accepted).toEqual([])
})

describe('the user of a token', () => {
  test('is its subject, else its userId, with email and name if they are text', async () => {
    expect(await verified(await signedToken({ ...claims, email: 'a@b.example', name: 'Alice' }))).toEqual({
      user_id: 'alice',
      kind: 'shared_secret',
      scope: 'write',
      actor: null,
      email: 'a@b.example',
      name: 'Alice',
      expires_at: NOW + 3600,
    })
    const { sub: _, ...anonymous } = claims
    const old = await signedToken({ ...anonymous, userId: 'bob', email: 5, name: '' })
    expect(await verified(old)).toMatchObject({ user_id: 'bob', email: null, name: null })
    expect(await verified(await signedToken({ ...claims, userId: 'bob' }))).toMatchObject({ user_id: 'alice' })
  })

  test.each(['EdDSA', 'ES256', 'RS256'] as const)('%s by a trusted issuer', async (alg) => {
    expect(await verified(await issued(issuedClaims, alg))).toMatchObject({ user_id: 'alice', kind: 'issued' })
    expect(await verified(await issued({ ...issuedClaims, aud: ['x', 'tasks'] }, alg))).toMatchObject({
      kind: 'issued',
    })
  })

  test('HS256 tokens may have any issuer and audience', async () => {
    const token = await signedToken({ ...claims, iss: 'https://elsewhere.example', aud: 'anything' })
    expect(await verified(token)).toMatchObject({ user_id: 'alice' })
  })

  test.each(['a', 'alice@example.org', 'a/b c?d#e%', '名前', '😀'.repeat(128), 'x'.repeat(128), '__proto__', '.', ' '])(
    'user id %s',
    async (sub) => {
      expect(isUserId(sub)).toBe(true)
      expect(await verified(await signedToken({ ...claims, sub }))).toMatchObject({ user_id: sub })
    },
  )

  test.each([
    '',
    'auth',
    'x'.repeat(129),
    '😀'.repeat(129),
    'a\0',
    'a\nb',
    'a\u007F',
    'a\u0085',
    5,
    true,
    {},
    ['alice'],
  ])('never %j', async (sub) => {
    expect(isUserId(sub)).toBe(false)
    expect(await apiErrorOf(verified(await signedPayload(JSON.stringify({ ...claims, sub }))))).toMatchObject({
      reason: 'token_subject_invalid',
    })
  })

  test('is the owner of an API key, which is looked up on every call', async () => {
    let asked = 0
    const owner: Principal = {
      user_id: 'a',
      kind: 'api_key',
      scope: 'read',
      actor: null,
      email: null,
      name: null,
      expires_at: null,
    }
    const verifier = tokenVerifier({
      ...rules,
      apiKey: async (key) => {
        asked++
        return key === 'tw_old' ? 'api_key_expired' : owner
      },
    })
    expect(await verifier.verify('tw_key')).toBe(owner)
    expect(await verifier.verify('tw_key')).toBe(owner)
    expect(await apiErrorOf(Promise.resolve(verifier.verify('tw_old')))).toMatchObject({ reason: 'api_key_expired' })
    expect(asked).toBe(3)
  })
})

describe('times', () => {
  test.each([
    ['expires in a second', { exp: NOW + 1 }, null],
    ['expired 4 s ago', { exp: NOW - 4 }, null],
    ['expired 5 s ago', { exp: NOW - 5 }, 'token_expired'],
    ['expired long ago', { exp: 0 }, 'token_expired'],
    ['has a negative expiry', { exp: -1 }, 'token_expired'],
    ['becomes valid in 5 s', { nbf: NOW + 5 }, null],
    ['becomes valid in 6 s', { nbf: NOW + 6 }, 'token_not_yet_valid'],
    ['was issued in 5 s', { iat: NOW + 5 }, null],
    ['was issued in 6 s', { iat: NOW + 6 }, 'token_not_yet_valid'],
    ['has no time but its expiry', { iat: undefined }, null],
    ['has an expiry of type string', { exp: '1900000000' }, 'token_malformed'],
    ['has an nbf of type string', { nbf: 'now' }, 'token_malformed'],
    ['has no expiry', { exp: undefined }, 'token_expiry_missing'],
    ['has null as its expiry', { exp: null }, 'token_expiry_missing'],
  ])('a token that %s', async (_, times, reason) => {
    const call = verified(await signedPayload(JSON.stringify({ ...claims, ...times })))
    if (reason === null) expect(await call).toMatchObject({ user_id: 'alice' })
    else expect(await apiErrorOf(call)).toMatchObject({ reason, status: 401 })
  })

  test('only HS256 tokens may lack an expiry, and only if the setting allows it', async () => {
    const allowed = { allowNonExpiring: true }
    for (const exp of [undefined, null]) {
      expect(await verified(await signedPayload(JSON.stringify({ sub: 'alice', exp })), allowed)).toMatchObject({
        expires_at: null,
      })
    }
    const endless = await issued({ ...issuedClaims, exp: undefined })
    expect(await apiErrorOf(verified(endless, allowed))).toMatchObject({ reason: 'token_expiry_missing' })
    const ended = await signedToken({ ...claims, exp: NOW - 60 })
    expect(await apiErrorOf(verified(ended, allowed))).toMatchObject({ reason: 'token_expired' })
  })
})

describe('rejected tokens', () => {
  const hs = { alg: 'HS256' }
  const forged: [string, () => string | undefined | Promise<string>, string][] = [
    ['no token', () => undefined, 'not_authenticated'],
    ['an empty token', () => '', 'not_authenticated'],
    ['words', () => 'let me in', 'token_malformed'],
    ['two parts', () => `${encoded(hs)}.${encoded(claims)}`, 'token_malformed'],
    ['an empty signature', () => `${encoded(hs)}.${encoded(claims)}.`, 'token_signature_invalid'],
    ['four parts', async () => `${await signedToken(claims)}.x`, 'token_malformed'],
    ['no algorithm', () => `${encoded({})}.${encoded(claims)}.x`, 'token_algorithm'],
    ['alg none', () => new UnsecuredJWT({ ...claims }).encode(), 'token_algorithm'],
    ['alg None', () => `${encoded({ alg: 'None' })}.${encoded(claims)}.`, 'token_algorithm'],
    [
      'HS512',
      () => new SignJWT(claims).setProtectedHeader({ alg: 'HS512' }).sign(new Uint8Array(64)),
      'token_algorithm',
    ],
    ['another secret', () => signedToken(claims, new Uint8Array(32).fill(7)), 'token_signature_invalid'],
    [
      'a public key as secret',
      () => signedToken(claims, new TextEncoder().encode(JSON.stringify(publicKeys[0]))),
      'token_signature_invalid',
    ],
    [
      'a changed payload',
      async () => (await signedToken(claims)).replace(/\.[^.]+\./, `.${encoded({ ...claims, sub: 'bob' })}.`),
      'token_signature_invalid',
    ],
    ['a payload that is not an object', () => signedPayload('"alice"'), 'token_malformed'],
    ['a payload that is a list', () => signedPayload('[]'), 'token_malformed'],
    ['a payload that is not JSON', () => signedPayload('{'), 'token_malformed'],
    [
      'a critical extension',
      () => `${encoded({ ...hs, crit: ['x'], x: 1 })}.${encoded(claims)}.AAAA`,
      'token_malformed',
    ],
    ['an unknown issuer', () => issued({ ...issuedClaims, iss: 'https://evil.example' }), 'token_issuer_mismatch'],
    [
      'an issuer with an extra slash',
      () => issued({ ...issuedClaims, iss: `${issuer.issuer}/` }),
      'token_issuer_mismatch',
    ],
    ['an issuer in a list', () => issued({ ...issuedClaims, iss: [issuer.issuer] }), 'token_issuer_mismatch'],
    ['no issuer', () => issued(claims), 'token_issuer_mismatch'],
    ['another audience', () => issued({ ...issuedClaims, aud: 'other' }), 'token_audience_mismatch'],
    ['no audience', () => issued({ ...issuedClaims, aud: undefined }), 'token_audience_mismatch'],
    ['an unknown key', () => issued(issuedClaims, 'EdDSA', { kid: 'gone' }), 'token_key_unknown'],
    ['the key of another algorithm', () => issued(issuedClaims, 'EdDSA', { kid: 'ES256' }), 'token_key_unknown'],
    [
      'asymmetric alg over the secret',
      () => `${encoded({ alg: 'EdDSA', kid: 'EdDSA' })}.${encoded(issuedClaims)}.AAAA`,
      'token_signature_invalid',
    ],
    ['a session', () => 'Zk3vQ9'.padEnd(32, 'x'), 'session_token'],
    ['a signed session', () => `${'x'.repeat(32)}.${'A'.repeat(43)}=`, 'session_token'],
    ['an API key without support for API keys', () => 'tw_key', 'api_key_invalid'],
    [
      '8193 characters',
      async () => (await signedToken({ ...claims, pad: 'x'.repeat(8192) })).slice(0, 8193),
      'token_malformed',
    ],
    ['a huge valid token', () => signedToken({ ...claims, pad: 'x'.repeat(8192) }), 'token_malformed'],
  ]

  test.each(forged)('%s', async (_, make, reason) => {
    const error = await apiErrorOf(verified(await make()))
    expect(error).toMatchObject({ reason, status: 401, code: 'UNAUTHORIZED' })
    expect(error.details).toEqual({})
  })
})

describe('the cache', () => {
  test('keeps a verified token for a minute at most, and never beyond its expiry', async () => {
    let now = NOW
    let verifications = 0
    const counting = {
      ...issuer,
      keys: (...args: Parameters<typeof issuer.keys>) => {
        verifications++
        return issuer.keys(...args)
      },
    }
    const verifier = tokenVerifier({ ...rules, issuers: [counting], clock: () => now * 1000 })
    const token = await issued({ ...issuedClaims, exp: NOW + 90 })
    for (const at of [0, 1, 59]) {
      now = NOW + at
      expect(await verifier.verify(token)).toMatchObject({ user_id: 'alice' })
    }
    expect(verifications).toBe(1)
    now = NOW + 60
    await verifier.verify(token)
    expect(verifications).toBe(2)
    now = NOW + 95
    expect(await apiErrorOf(Promise.resolve(verifier.verify(token)))).toMatchObject({ reason: 'token_expired' })
  })

  test('keeps a bounded number of tokens, and drops the oldest', async () => {
    const verified: unknown[] = []
    const counting = {
      ...issuer,
      keys: (...args: Parameters<typeof issuer.keys>) => {
        verified.push(args[0]?.kid)
        return issuer.keys(...args)
      },
    }
    const verifier = tokenVerifier({ ...rules, issuers: [counting], maxCached: 10 })
    const tokens = await Promise.all(
      Array.from({ length: 11 }, (_, n) => issued({ ...issuedClaims, sub: `user ${n}` })),
    )
    for (const token of tokens) await verifier.verify(token)
    expect(verified).toHaveLength(11)
    // The last ones are known, the first one no more.
    for (const token of tokens.slice(6)) await verifier.verify(token)
    expect(verified).toHaveLength(11)
    await verifier.verify(tokens[0])
    expect(verified).toHaveLength(12)
  })

  const recent = (revoked: { user_id?: string }, state: { now: number }) => ({
    recent: async () => ({
      revocations:
        revoked.user_id === undefined ? [] : [{ kind: 'user' as const, id: revoked.user_id, revoked_at: NOW * 1000 }],
      read_at: state.now * 1000,
    }),
    userRevokedAt: async () => null,
  })

  test('drops a token that was revoked, which is then refused each time', async () => {
    const state = { now: NOW }
    const revoked: { user_id?: string } = {}
    const clock = () => state.now * 1000
    const revocations = createRevocations(recent(revoked, state), clock)
    const verifier = tokenVerifier({ ...rules, revocations, clock })
    const token = await signedToken(claims)
    const principal = await verifier.verify(token)
    expect(await principal.isStillValid?.()).toBe(true)
    revoked.user_id = 'alice'
    revocations.expire()
    for (let n = 0; n < 2; n++) {
      expect(await apiErrorOf(Promise.resolve(verifier.verify(token)))).toMatchObject({
        reason: 'token_subject_invalid',
      })
    }
    expect(await principal.isStillValid?.()).toBe(false)
  })

  test('checks a token again after every revocation, and keeps that of another user', async () => {
    const state = { now: NOW }
    const revoked: { user_id?: string } = {}
    const clock = () => state.now * 1000
    const revocations = createRevocations(recent(revoked, state), clock)
    const verifier = tokenVerifier({ ...rules, revocations, clock })
    const token = await signedToken(claims)
    const principal = await verifier.verify(token)
    expect(verifier.verify(token)).toBe(principal)
    revoked.user_id = 'bob'
    revocations.expire()
    const checked = verifier.verify(token)
    expect(checked).toBeInstanceOf(Promise)
    expect(await checked).toBe(principal)
    expect(verifier.verify(token)).toBe(principal)
  })

  test('lets an open stream go on while the database does not answer', async () => {
    const state = { now: NOW }
    let fails = false
    const store = {
      recent: async () => {
        if (fails) throw new ApiError('database_unavailable')
        return { revocations: [], read_at: state.now * 1000 }
      },
      userRevokedAt: async () => null,
    }
    const clock = () => state.now * 1000
    const revocations = createRevocations(store, clock)
    const principal = await tokenVerifier({ ...rules, revocations, clock }).verify(await signedToken(claims))
    fails = true
    revocations.expire()
    expect(await principal.isStillValid?.()).toBe(true)
  })

  test('knows by its session which token was revoked', async () => {
    const revocations = createRevocations(
      {
        recent: async () => ({
          revocations: [{ kind: 'session', id: 'left', revoked_at: NOW * 1000 }],
          read_at: NOW * 1000,
        }),
        userRevokedAt: async () => null,
      },
      () => NOW * 1000,
    )
    const verifier = tokenVerifier({ ...rules, revocations })
    const left = await signedToken({ ...claims, sid: 'left' })
    expect(await apiErrorOf(Promise.resolve(verifier.verify(left)))).toMatchObject({ reason: 'token_expired' })
    expect(await verifier.verify(await signedToken({ ...claims, sid: 'open' }))).toMatchObject({ user_id: 'alice' })
  })

  test('accepts former secrets, and the access tokens of OAuth clients by their prefix', async () => {
    const former = new Uint8Array(32).fill(7)
    const token = await signedToken(claims, former)
    expect(await verified(token, { formerSecrets: [new Uint8Array(32).fill(8), former] })).toMatchObject({
      user_id: 'alice',
      kind: 'shared_secret',
    })
    const asked: string[] = []
    const lookup = (kind: string) => async (secret: string) => {
      asked.push(`${kind} ${secret}`)
      return 'token_expired' as const
    }
    const verifier = tokenVerifier({ ...rules, apiKey: lookup('key'), accessToken: lookup('client') })
    for (const secret of ['tw_a', 'twa_b']) await apiErrorOf(Promise.resolve(verifier.verify(secret)))
    expect(asked).toEqual(['key tw_a', 'client twa_b'])
  })

  test('does not keep a rejected token', async () => {
    let now = NOW
    const verifier = tokenVerifier({ ...rules, clock: () => now * 1000 })
    const token = await signedToken({ ...claims, nbf: NOW + 10 })
    expect(await apiErrorOf(Promise.resolve(verifier.verify(token)))).toMatchObject({ reason: 'token_not_yet_valid' })
    now = NOW + 10
    expect(await verifier.verify(token)).toMatchObject({ user_id: 'alice' })
  })
})

test.each([
  [undefined, undefined],
  ['', undefined],
  ['Bearer x', 'x'],
  ['bearer x', 'x'],
  ['BEARER   x', 'x'],
  ['Bearer x\u00a0', 'x\u00a0'],
  ['Bearer ', ''],
  ['Bearer', undefined],
  ['Bearerx', undefined],
  ['Basic x', undefined],
  ['x', undefined],
])('the bearer token of %j is %j', (header, token) => {
  expect(bearerToken(header)).toBe(token)
})
