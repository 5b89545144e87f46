import { setTimeout as sleep } from 'node:timers/promises'

/** Somebody who signed up at a running server, with what they keep when it is restored. */
export interface Person {
  readonly id: string
  readonly email: string
  readonly session: string
  readonly key: string
}

/** An answer of REST or of a sign-in route. */
export interface RestAnswer {
  readonly status: number
  // The shape depends on the route, and an assertion on a wrong shape fails by itself.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any
}

export const PASSWORD = 'correct horse battery'

interface RequestOptions {
  readonly token?: string
  /** The idempotency key. */
  readonly key?: string
  readonly method?: string
  readonly body?: unknown
}

const ATTEMPTS = 10

/** Sends JSON with a bearer token. A server that is busy is asked again, as its Retry-After says. */
export async function request(url: string, options: RequestOptions = {}): Promise<RestAnswer> {
  for (let attempt = 1; ; attempt++) {
    const response = await send(url, options)
    if (response.status !== 503 || attempt === ATTEMPTS) return response
    await sleep(1000)
  }
}

async function send(url: string, { token, key, method = 'GET', body }: RequestOptions): Promise<RestAnswer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, json: text === '' ? undefined : JSON.parse(text) }
}

/** Signs a person up who has a key, a conversation, a setting, and a log with an undo. */
export async function signUp(url: string, email = 'ann@example.com'): Promise<Person> {
  const body = { name: 'Ann', email, password: PASSWORD }
  const { json } = await request(`${url}/api/auth/sign-up/email`, { method: 'POST', body })
  const session: string = json.token
  const created = await request(`${url}/api/auth/api-key/create`, {
    token: session,
    method: 'POST',
    body: { name: 'kept', configId: 'write' },
  })
  const person: Person = { id: json.user.id, email, session, key: created.json.key }
  const at = `${url}/api/${person.id}`
  await request(`${at}/settings`, { token: person.key, method: 'PATCH', body: { time_zone: 'Asia/Tokyo' } })
  await request(`${at}/chat`, { token: person.key, method: 'POST', body: { message: 'add a task to buy milk' } })
  await request(`${at}/tasks`, { token: person.key, key: 'first', method: 'POST', body: { title: 'first' } })
  await request(`${at}/changes/2/undo`, { token: person.key, method: 'POST' })
  return person
}
