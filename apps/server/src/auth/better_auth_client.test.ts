import { apiKeyClient } from '@better-auth/api-key/client'
import { createAuthClient } from 'better-auth/client'
import { jwtClient } from 'better-auth/client/plugins'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInServer, type SignInServer } from '../../testing/sign_in_server.ts'

let server: SignInServer
let baseURL: string
beforeAll(async () => {
  server = await signInServer()
  baseURL = await server.app.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => server.close())

/** Fetches as a page of `origin` does in a browser: with its cookies and its Origin header. */
function browserFetch(origin: string): typeof fetch {
  const cookies = new Map<string, string>()
  return async (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('origin', origin)
    headers.set('sec-fetch-site', 'cross-site')
    if (cookies.size > 0) headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(input, { ...init, headers })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }
}

function clientOf(origin: string) {
  const fetchOptions = { customFetchImpl: browserFetch(origin) }
  return createAuthClient({ baseURL, fetchOptions, plugins: [jwtClient(), apiKeyClient()] })
}

const api = async (path: string, token: string, init: RequestInit = {}): Promise<unknown> => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return (await fetch(`${baseURL}${path}`, { ...init, headers })).json()
}

test("Better Auth's own client signs up, gets a token and a key, and signs out", async () => {
  const client = clientOf('http://localhost:3000')
  const person = { name: 'Ann', email: 'ann@example.com', password: 'correct horse battery' }
  const signedUp = await client.signUp.email(person)
  const id = signedUp.data?.user.id ?? ''
  expect(id).not.toBe('')

  const token = (await client.token()).data?.token ?? ''
  expect(await api('/auth/me', token)).toEqual({ id, email: 'ann@example.com', name: 'Ann' })
  const created = await api(`/api/${id}/tasks`, token, { method: 'POST', body: '{"title":"by token"}' })
  expect(created).toMatchObject({ title: 'by token', user_id: id })
  expect((await client.jwks()).data?.keys).toHaveLength(1)

  const key = await client.apiKey.create({ name: 'script', configId: 'read' })
  expect(await api(`/api/${id}/tasks`, key.data?.key ?? '')).toMatchObject([{ title: 'by token' }])
  expect((await client.apiKey.list()).data?.apiKeys).toHaveLength(1)
  expect((await client.apiKey.delete({ keyId: key.data?.id ?? '' })).data).toEqual({ success: true })
  expect(await api('/auth/me', key.data?.key ?? '')).toMatchObject({ code: 'api_key_invalid' })

  expect((await client.signOut()).data).toEqual({ success: true })
  expect((await client.token()).error?.status).toBe(401)
  const wrong = await client.signIn.email({ email: person.email, password: 'not the one' })
  expect(wrong.error).toMatchObject({ status: 401, code: 'INVALID_EMAIL_OR_PASSWORD' })
  expect((await client.signIn.email(person)).data?.user.id).toBe(id)

  expect((await client.deleteUser({ password: person.password })).data).toMatchObject({ success: true })
  expect(await server.database.db.task.count({ where: { user_id: id } })).toBe(0)
})

test("Better Auth's own client is rejected on pages of an untrusted origin", async () => {
  const client = clientOf('https://evil.example')
  const answer = await client.signUp.email({ name: 'Eve', email: 'eve@example.com', password: 'correct horse battery' })
  expect(answer.error).toMatchObject({ status: 403, code: 'INVALID_ORIGIN' })
})
