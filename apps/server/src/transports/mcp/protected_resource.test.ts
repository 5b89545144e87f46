import { expect, test } from 'vitest'
import { challenge, mcpResource } from './protected_resource.ts'

const env = { BETTER_AUTH_URL: 'http://127.0.0.1:8000', AUTH_ISSUER: undefined }
const METADATA = '/.well-known/oauth-protected-resource/mcp'

test('a 401 leads to the metadata, and calls a token that was sent invalid', () => {
  expect(challenge(env, {})).toBe(`Bearer resource_metadata="http://127.0.0.1:8000${METADATA}"`)
  expect(challenge(env, { authorization: 'Bearer x' })).toBe(
    `Bearer resource_metadata="http://127.0.0.1:8000${METADATA}", error="invalid_token"`,
  )
})

test('another name of this machine is repeated, and never a host of somebody else', () => {
  expect(challenge(env, { host: 'localhost:8000' })).toContain(`"http://localhost:8000${METADATA}"`)
  for (const host of ['evil.example', 'localhost:9000', '127.0.0.1', '']) {
    expect(challenge(env, { host })).toContain(`"http://127.0.0.1:8000${METADATA}"`)
    expect(mcpResource(env, host).resource).toBe('http://127.0.0.1:8000/mcp')
  }
})

test('users of another issuer sign in there alone', () => {
  const external = mcpResource({ ...env, AUTH_ISSUER: 'https://id.test' }, undefined)
  expect(external.authorization_servers).toEqual(['https://id.test'])
  expect(mcpResource(env, undefined).authorization_servers).toEqual(['http://127.0.0.1:8000'])
})
