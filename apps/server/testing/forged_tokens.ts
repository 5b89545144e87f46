import { createHmac } from 'node:crypto'
import type { ErrorCode } from '@taskwire/api'
import { exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose'

export interface ForgedToken {
  readonly what: string
  readonly token: string
  readonly reason: ErrorCode
}

export interface Forger {
  /** The shared secret. */
  readonly secret: Uint8Array
  /** A key pair of our own issuer, and the published id of its public half. */
  readonly own: { readonly publicKey: CryptoKey; readonly privateKey: CryptoKey; readonly kid: string }
  readonly url: string
}

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

function without(claims: object, name: string): object {
  return Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name))
}

/** Tokens that must be rejected: forged, malformed, spelt in another way, or issued for another purpose. */
export async function forgedTokens({ secret, own, url }: Forger): Promise<ForgedToken[]> {
  const now = Math.floor(Date.now() / 1000)
  // A busy machine may need minutes for the file that tries them.
  const good = { sub: 'alice', iat: now, exp: now + 3600 }
  const issued = { ...good, iss: url, aud: url }
  const thief = await generateKeyPair('EdDSA', { extractable: true })
  const thiefEs = await generateKeyPair('ES256')
  const thiefRs = await generateKeyPair('RS256')

  const shared = (claims: object, { alg = 'HS256', key = secret, ...header }: Record<string, unknown> = {}) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ ...header, alg: String(alg) })
      .sign(key instanceof Uint8Array ? key : secret)
  const asymmetric = (claims: object, header: Record<string, unknown> = {}, key: CryptoKey = own.privateKey) =>
    new SignJWT({ ...claims }).setProtectedHeader({ alg: 'EdDSA', kid: own.kid, ...header }).sign(key)

  const valid = await shared(good)
  const [head = '', body = '', signature = ''] = valid.split('.')
  const unsecured = new UnsecuredJWT(good).encode()
  const spki = new TextEncoder().encode(await exportSPKI(own.publicKey))
  const parts = (header: unknown, payload: unknown) => `${encode(header)}.${encode(payload)}.${signature}`

  const malformed: [string, string][] = [
    ['one word', 'abc'],
    ['one dot', '.'],
    ['two dots', '..'],
    ['three words', 'a.b.c'],
    ['a UUID', '123e4567-e89b-42d3-a456-426614174000'],
    ['JSON', '{"sub":"alice"}'],
    ['null', 'null'],
    ['a user id', 'alice'],
    ['no signature', `${head}.${body}`],
    ['a fourth part', `${valid}.x`],
    ['a header that is no JSON', parts('{', good)],
    ['a header that is an array', parts([], good)],
    ['characters outside of base64url', `${head}.${body}.${signature}!`],
    ['8193 characters', 'a'.repeat(8193)],
    ['a valid signature over too much', await shared({ ...good, pad: 'p'.repeat(8192) })],
    ['twelve thousand characters', `${head}.${'a'.repeat(12_000)}.${signature}`],
    ['an unknown critical header', parts({ alg: 'HS256', crit: ['x'], x: 1 }, good)],
    ['exp as text', await shared({ ...good, exp: String(now + 3600) })],
    ['exp as an object', await shared({ ...good, exp: {} })],
    ['nbf as text', await shared({ ...good, nbf: 'now' })],
    ['iat as text', await shared({ ...good, iat: 'now' })],
    ['TW_ instead of tw_', `TW_${'a'.repeat(64)}`],
  ]
  const algorithm: [string, string][] = [
    ['alg none', unsecured],
    ['alg none with a signature', `${encode({ alg: 'none' })}.${body}.${signature}`],
    ['alg NONE', `${encode({ alg: 'NONE' })}.${body}.`],
    ['no alg', parts({ typ: 'JWT' }, good)],
    ['alg as a number', parts({ alg: 256 }, good)],
    ['HS384 with the right secret', await shared(good, { alg: 'HS384' })],
    ['HS512 with the right secret', await shared(good, { alg: 'HS512' })],
    ['hs256 in small letters', parts({ alg: 'hs256' }, good)],
    [
      'PS256',
      await new SignJWT(issued).setProtectedHeader({ alg: 'PS256' }).sign((await generateKeyPair('PS256')).privateKey),
    ],
    [
      'ES384',
      await new SignJWT(issued).setProtectedHeader({ alg: 'ES384' }).sign((await generateKeyPair('ES384')).privateKey),
    ],
    ['RS512', parts({ alg: 'RS512', kid: own.kid }, issued)],
    ['an encrypted token', `${encode({ alg: 'dir', enc: 'A256GCM' })}..a.b.c`],
  ]
  const forged: [string, string][] = [
    ['another secret', await shared(good, { key: new TextEncoder().encode('another secret of thirty-two bytes') })],
    ['a one-byte secret', await shared(good, { key: new Uint8Array([1]) })],
    ['a changed payload', `${head}.${encode({ ...good, sub: 'bob' })}.${signature}`],
    ['a changed header', `${encode({ alg: 'HS256', typ: 'x' })}.${body}.${signature}`],
    ['a cut signature', valid.slice(0, -4)],
    ['an empty signature', `${head}.${body}.`],
    ["another token's signature", `${(await shared({ ...good, sub: 'carol' })).slice(0, -43)}${signature}`],
    ['our public key as shared secret', await shared(good, { key: spki })],
    [
      'a path as kid, for a file as secret',
      await shared(good, { kid: '../../../dev/null', key: new TextEncoder().encode('\n') }),
    ],
    ['our kid with the key of a thief', await asymmetric(issued, {}, thief.privateKey)],
    [
      'a changed payload under our key',
      (await asymmetric(issued)).replace(/\.[^.]+\./, `.${encode({ ...issued, sub: 'bob' })}.`),
    ],
  ]
  const keys: [string, string][] = [
    ['an unknown kid', await asymmetric(issued, { kid: 'unknown' }, thief.privateKey)],
    ['a kid with SQL in it', await asymmetric(issued, { kid: "' OR 1=1 --" }, thief.privateKey)],
    [
      'a key of its own in the header',
      await asymmetric(issued, { kid: 'x', jwk: { kty: 'OKP', crv: 'Ed25519', x: 'x' } }, thief.privateKey),
    ],
    [
      'a URL for its keys in the header',
      await asymmetric(issued, { kid: 'x', jku: 'http://127.0.0.1:9/jwks' }, thief.privateKey),
    ],
    [
      'a URL for its certificate in the header',
      await asymmetric(issued, { kid: 'x', x5u: 'http://127.0.0.1:9/x5u' }, thief.privateKey),
    ],
    ['our kid under ES256', await asymmetric(issued, { alg: 'ES256' }, thiefEs.privateKey)],
    ['our kid under RS256', await asymmetric(issued, { alg: 'RS256' }, thiefRs.privateKey)],
  ]
  const issuer: [string, string][] = [
    ['no issuer', await asymmetric(good)],
    ['another issuer', await asymmetric({ ...issued, iss: 'https://evil.example' })],
    ['our issuer with a slash', await asymmetric({ ...issued, iss: `${url}/` })],
    ['our issuer in capitals', await asymmetric({ ...issued, iss: url.toUpperCase() })],
    [
      'our issuer in a list',
      `${encode({ alg: 'EdDSA', kid: own.kid })}.${encode({ ...issued, iss: [url] })}.${signature}`,
    ],
  ]
  const audience: [string, string][] = [
    ['no audience', await asymmetric(without(issued, 'aud'))],
    ['another audience', await asymmetric({ ...issued, aud: 'https://another.example' })],
    ['other audiences', await asymmetric({ ...issued, aud: ['a', `${url}/`] })],
    ['an audience that begins as ours', await asymmetric({ ...issued, aud: `${url}.evil.example` })],
  ]
  const expired: [string, string][] = [
    ['an end a minute ago', await shared({ ...good, exp: now - 60 })],
    ['an end 10 s ago', await shared({ ...good, exp: now - 10 })],
    ['an end in 1970', await shared({ ...good, exp: 0 })],
    ['an end before 1970', await shared({ ...good, exp: -1e12 })],
    ['an end a minute ago, issued', await asymmetric({ ...issued, exp: now - 60 })],
  ]
  const early: [string, string][] = [
    ['nbf in half an hour', await shared({ ...good, nbf: now + 1800 })],
    ['iat in half an hour', await shared({ ...good, iat: now + 1800 })],
    ['nbf in half an hour, issued', await asymmetric({ ...issued, nbf: now + 1800 })],
  ]
  const endless: [string, string][] = [
    ['no exp', await shared(without(good, 'exp'))],
    ['exp null', await shared({ ...good, exp: null })],
    ['no exp, issued', await asymmetric(without(issued, 'exp'))],
  ]
  const subject: [string, string][] = [
    ['no subject', await shared(without(good, 'sub'))],
    ['an empty subject', await shared({ ...good, sub: '' })],
    ['a number as subject', await shared({ ...good, sub: 7 })],
    ['a list as subject', await shared({ ...good, sub: ['alice'] })],
    ['an object as subject', await shared({ ...good, sub: { not: '' } })],
    ['the subject auth', await shared({ ...good, sub: 'auth' })],
    ['a subject of 129 characters', await shared({ ...good, sub: 'a'.repeat(129) })],
    ['a NUL in its subject', await shared({ ...good, sub: 'a\0' })],
    ['a line break in its subject', await shared({ ...good, sub: 'a\nb' })],
    ['a lone surrogate in its subject', signedText(`{"sub":"\\ud800","exp":${now + 3600}}`, secret)],
    ['a number as userId', await shared({ ...without(good, 'sub'), userId: 7 })],
  ]
  const sessions: [string, string][] = [
    ['a session', 'Uts8JuMG0tklggLVsDjH9u6u9sRdD5pp'],
    ['a signed session', 'Uts8JuMG0tklggLVsDjH9u6u9sRdD5pp.RWBWpU5hctqyE8g894aHW/TAa5AUQN/hOEBXX8kWJ3s='],
    [
      'a signed session as its cookie has it',
      'Uts8JuMG0tklggLVsDjH9u6u9sRdD5pp.RWBWpU5hctqyE8g894aHW%2FTAa5AUQN%2FhOEBXX8kWJ3s%3D',
    ],
  ]
  const apiKeys: [string, string][] = [
    ['the prefix alone', 'tw_'],
    ['too short a key', 'tw_abc'],
    ['a key that nobody has', `tw_${'x'.repeat(64)}`],
    ['a key with digits', `tw_${'1'.repeat(64)}`],
    ['a token behind the prefix', `tw_${valid}`],
    ['SQL behind the prefix', "tw_' OR 1=1 --"],
  ]
  const table: [ErrorCode, [string, string][]][] = [
    ['token_malformed', [...malformed, ...spellings(valid), ...signedSpellings(good, secret)]],
    ['token_malformed', spellings(await asymmetric(issued)).map(([what, token]) => [`${what}, issued`, token])],
    ['token_algorithm', algorithm],
    ['token_signature_invalid', forged],
    ['token_key_unknown', keys],
    ['token_issuer_mismatch', issuer],
    ['token_audience_mismatch', audience],
    ['token_expired', expired],
    ['token_not_yet_valid', early],
    ['token_expiry_missing', endless],
    ['token_subject_invalid', subject],
    ['session_token', sessions],
    ['api_key_invalid', apiKeys],
  ]
  return table.flatMap(([reason, tokens]) => tokens.map(([what, token]) => ({ what, token, reason })))
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** The part with its lowest bits, which lie beyond the last byte, set to `bits`. */
function withUnusedBits(part: string, bits: number): string {
  return part.slice(0, -1) + ALPHABET.charAt(ALPHABET.indexOf(part.slice(-1)) | bits)
}

/** Other spellings of a valid token's bytes, which lenient base64 decoders accept as equal. */
function spellings(valid: string): [string, string][] {
  const [head = '', body = '', signature = ''] = valid.split('.')
  const inserted = [' ', '\t', '=', ',', '*', '%', '\u00a0', '+', '/', '"'].flatMap((character): [string, string][] => {
    const name = JSON.stringify(character)
    const within = (part: string) => `${part.slice(0, 10)}${character}${part.slice(10)}`
    return [
      [`${name} inside the header`, `${within(head)}.${body}.${signature}`],
      [`${name} inside the payload`, `${head}.${within(body)}.${signature}`],
      [`${name} inside the signature`, `${head}.${body}.${within(signature)}`],
      [`${name} before the signature`, `${head}.${body}.${character}${signature}`],
    ]
  })
  return [
    ...inserted,
    ...[1, 2, 3].map((bits): [string, string] => [
      `${bits} in the unused bits of the signature`,
      `${head}.${body}.${withUnusedBits(signature, bits)}`,
    ]),
    ['= behind the signature', `${valid}=`],
    ['== behind the signature', `${valid}==`],
    ['= behind the header', `${head}=.${body}.${signature}`],
    ['= behind the payload', `${head}.${body}=.${signature}`],
    ['a comma behind', `${valid},`],
    ['a fourth, empty part', `${valid}.`],
  ]
}

/**
 * Validly signed tokens with an unusual spelling of the header or payload; only a holder of the secret can make them.
 */
function signedSpellings(claims: object, secret: Uint8Array): [string, string][] {
  const [head, body] = [encode({ alg: 'HS256', kid: 'a' }), encode({ ...claims, pad: '~?>~?>' })]
  const standard = body.replaceAll('-', '+').replaceAll('_', '/')
  const contents: [string, string][] = [
    ['a padded header', `${head}==.${body}`],
    ['a padded payload', `${head}.${body}=`],
    ['the alphabet of base64', `${head}.${standard}`],
    ['a blank in the payload', `${head}.${body.slice(0, 8)} ${body.slice(8)}`],
    ['unused bits in the header', `${withUnusedBits(head, 15)}.${body}`],
  ]
  return contents.map(([what, content]) => [
    `a signature over ${what}`,
    `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`,
  ])
}

/** A validly signed token over a payload that no JSON library would write. */
function signedText(payload: string, secret: Uint8Array): string {
  const input = `${encode({ alg: 'HS256' })}.${encode(payload)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}
