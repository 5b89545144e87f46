import { SignJWT } from 'jose'
import { testDatabase, type TestDatabase } from '@taskwire/db/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { envFrom, ConfigurationError } from '../config/env.ts'
import { createCleanup } from '../process/shutdown.ts'
import { openServices } from '../process/services.ts'
import { openLog } from '../process/log.ts'
import { signInServer } from '../../testing/sign_in_server.ts'

const OLD = 'q8Zr2vT6xK1mN4pW7sB0dF3gH5jL9cYe'
const NEW = 'Zx9Kq2Lm7Vb4Nc1Rt8Wp5Ys3Df6Gh0Ju'
const OTHER = 'Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.close())

async function servicesWith(variables: Record<string, string>) {
  const cleanup = createCleanup(() => Promise.resolve())
  const log = openLog({ LOG_LEVEL: 'silent' }, { write: () => {} })
  const { services } = await openServices(envFrom({ DATABASE_URL: database.url, ...variables }), { log, cleanup })
  return { services, close: () => cleanup.run() }
}

function tokenOf(secret: string): Promise<string> {
  const jwt = new SignJWT({ sub: 'ann' }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h')
  return jwt.sign(new TextEncoder().encode(secret))
}

test('tokens and cursors of both secrets are accepted, those of others are not, and the first one signs', async () => {
  const before = await servicesWith({ BETTER_AUTH_SECRET: OLD })
  const during = await servicesWith({ BETTER_AUTH_SECRETS: `${NEW}, ${OLD}` })
  const after = await servicesWith({ BETTER_AUTH_SECRET: NEW })
  for (const secret of [OLD, NEW]) {
    expect(await during.services.tokens.verify(await tokenOf(secret))).toMatchObject({ user_id: 'ann' })
  }
  await expect(during.services.tokens.verify(await tokenOf(OTHER))).rejects.toMatchObject({
    reason: 'token_signature_invalid',
  })
  const cursor = before.services.cursors.sign('query', [1])
  expect(during.services.cursors.verify('query', cursor)).toEqual([1])
  expect(after.services.cursors.verify('query', cursor)).toBeNull()
  expect(after.services.cursors.verify('query', during.services.cursors.sign('query', [1]))).toEqual([1])
  for (const { close } of [before, during, after]) await close()
})

test('our own tokens are issued with the existing key while the secret changes', async () => {
  const before = await signInServer({ database, env: { BETTER_AUTH_SECRET: OLD } })
  const { session } = await before.newUser()
  const during = await signInServer({ database, env: { BETTER_AUTH_SECRETS: `${NEW},${OLD}` } })
  const headers = { authorization: `Bearer ${session}` }
  const issued = await during.app.inject({ url: '/api/auth/token', headers })
  expect(issued.statusCode).toBe(200)
  expect(await before.services.tokens.verify(issued.json().token)).toMatchObject({ kind: 'issued' })
  expect(await database.db.jwks.count()).toBe(1)
})

test('each secret of the list is judged, and none is shown', () => {
  const problem = (list: string) => {
    try {
      envFrom({ BETTER_AUTH_SECRETS: list })
      return []
    } catch (error) {
      return error instanceof ConfigurationError ? error.problems : [String(error)]
    }
  }
  expect(problem(`${NEW},short`)).toEqual([
    'BETTER_AUTH_SECRETS must have at least 32 characters (secret 2 of the list)',
  ])
  expect(problem(`${NEW},`)).toHaveLength(1)
  expect(envFrom({ HOST: '0.0.0.0', BETTER_AUTH_URL: 'https://x.example', BETTER_AUTH_SECRETS: NEW })).toMatchObject({
    BETTER_AUTH_SECRET: NEW,
    formerSecrets: [],
  })
})
