import { setTimeout as sleep } from 'node:timers/promises'
import type { Credential, Send } from './exchange.ts'

/** A user who signed up. The password belongs to a test's data directory and is used nowhere else. */
export interface Person {
  readonly name: string
  readonly user_id: string
  readonly email: string
  readonly password: string
  /** The ids of the API keys to keep. */
  readonly keys: readonly string[]
}

const PEOPLE = [
  { name: 'ann', email: 'ann@example.com', password: 'correct horse battery' },
  { name: 'ben', email: 'ben+tasks@example.com', password: 'пароль с пробелами 🔑' },
]

/** Signs users up, each with sessions and API keys: some that stay valid, and one of each kind that does not. */
export async function signUpPeople(send: Send, credentials: Record<string, Credential>): Promise<Person[]> {
  const people: Person[] = []
  for (const person of PEOPLE) {
    const body = { ...person, name: `${person.name} Ünal` }
    const response = await send({ method: 'POST', path: '/api/auth/sign-up/email', body })
    const { token, user } = response.body as { token: string; user: { id: string } }
    if (response.cookie === undefined) throw new Error('signing up sets a cookie')
    credentials[`${person.name}: cookie`] = { cookie: response.cookie }
    credentials[person.name] = { session: token }
    const keys = await makeKeys(send, person.name, credentials)
    people.push({ ...person, user_id: user.id, keys })
    credentials[`${person.name}: second session`] = { session: await signedIn(send, person) }
    const ended = `${person.name}: ended session`
    credentials[ended] = { session: await signedIn(send, person) }
    await send({ as: ended, method: 'POST', path: '/api/auth/sign-out', body: {} })
  }
  return people
}

async function signedIn(send: Send, { email, password }: { email: string; password: string }): Promise<string> {
  const { body } = await send({ method: 'POST', path: '/api/auth/sign-in/email', body: { email, password } })
  return (body as { token: string }).token
}

async function makeKeys(send: Send, as: string, credentials: Record<string, Credential>): Promise<string[]> {
  const make = async (name: string, options: object): Promise<string> => {
    const body = { name, ...options }
    const response = await send({ as, method: 'POST', path: '/api/auth/api-key/create', body })
    const { id, key } = response.body as { id: string; key: string }
    credentials[`${as}: ${name}`] = { api_key: key }
    return id
  }
  const kept = [await make('read key', { configId: 'read' }), await make('write key', { configId: 'write' })]
  await make('expired key', { configId: 'read', expiresIn: 1 })
  await sleep(1100)
  const revoked = await make('revoked key', { configId: 'write' })
  await send({ as, method: 'POST', path: '/api/auth/api-key/delete', body: { keyId: revoked } })
  return kept
}
