import { SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { envFrom } from '../config/env.ts'
import { explainToken } from './explain_token.ts'
import { oauthClient } from '../../testing/oauth_client.ts'
import { signInServer, TEST_SECRET, type SignInServer } from '../../testing/sign_in_server.ts'

let server: SignInServer
beforeAll(async () => {
  server = await signInServer()
})
afterAll(() => server.close())

const now = Math.floor(Date.now() / 1000)
const explain = (token: string) =>
  explainToken(token, envFrom({ BETTER_AUTH_SECRET: TEST_SECRET, DATABASE_URL: server.database.url }))

function sign(claims: object, secret = TEST_SECRET): Promise<string> {
  return new SignJWT({ sub: 'alice', ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(secret))
}

test('a valid token is explained by its kind, its user and its access', async () => {
  const { id, session, token } = await server.newUser()
  const { key } = await server.newKey(session, { name: 'k', configId: 'read' })
  const { tokens } = await oauthClient(server).connected(session, 'tasks:read')
  const valid = [
    [await sign({ exp: now + 60 }), ['"alice"', "this installation's secret", 'read and write']],
    [`Authorization: Bearer ${token}\n`, [JSON.stringify(id), 'issuer', 'read and write']],
    [key, [JSON.stringify(id), 'API key', 'read only']],
    [tokens.access_token, [JSON.stringify(id), 'a connected client', 'read only']],
    [await sign({ exp: 1e300 }), ['until 1e+300']],
  ] as const
  for (const [given, words] of valid) {
    const explanation = await explain(given)
    expect(explanation).toMatchObject({ valid: true, text: expect.stringContaining('Valid\n') })
    for (const word of words) expect(explanation.text).toContain(word)
  }
})

test('an invalid token is explained, and neither it nor the secret is shown', async () => {
  const { session } = await server.newUser()
  const invalidTokens: [string, string][] = [
    ['token_expired', await sign({ exp: now - 60 })],
    ['token_expiry_missing', await sign({})],
    ['token_signature_invalid', await sign({ exp: now + 60 }, 'another secret of thirty-two bytes!!')],
    ['session_token', session],
    ['api_key_invalid', `tw_${'x'.repeat(64)}`],
    ['token_expired', `twa_${'x'.repeat(32)}`],
    ['token_malformed', 'nonsense'],
    ['not_authenticated', ''],
  ]
  for (const [reason, token] of invalidTokens) {
    const { valid, text } = await explain(token)
    expect(valid).toBe(false)
    expect(text).toContain(`Invalid: ${reason}\n`)
    expect(text).not.toContain(TEST_SECRET)
    if (token.length > 20) expect(text).not.toContain(token.slice(-20))
  }
})
