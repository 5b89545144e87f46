import { openDatabase } from '@taskwire/db'
import { SignJWT } from 'jose'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { signInServer, TEST_SECRET, type SignInServer } from './sign_in_server.ts'

export interface FaultServer extends AsyncDisposable {
  readonly server: SignInServer
  /** Sends with a token of `user_id`. */
  readonly send: (
    user_id: string,
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    payload?: object,
  ) => Promise<LightMyRequestResponse>
  /** A token of `user_id`. */
  readonly token: (user_id: string) => Promise<string>
  /** The status of `/health/ready`. */
  readonly ready: () => Promise<number>
}

/** The whole app on the migrated database of a URL, which a test makes fail. */
export async function faultServer(url: string, options: { readonly waitMs?: number } = {}): Promise<FaultServer> {
  const database = { ...openDatabase({ url, ...options }), url }
  const server = await signInServer({ database })
  const inject = (options: InjectOptions) => server.app.inject(options)
  return {
    server,
    token,
    async send(user_id, method, path, payload) {
      const headers = { authorization: `Bearer ${await token(user_id)}` }
      return inject({ method, url: path, headers, ...(payload === undefined ? {} : { payload }) })
    },
    ready: async () => (await inject({ url: '/health/ready' })).statusCode,
    async [Symbol.asyncDispose]() {
      await server.close()
      await database.close()
    },
  }
}

async function token(user_id: string): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({ sub: user_id, iat: now, exp: now + 3600 })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(TEST_SECRET))
}

/** Operations by how a fault may change their responses: `short` are those on one task and its plain list. */
export async function operationsOf({ send }: FaultServer, user: string) {
  const tasks = `/api/${user}/tasks`
  const ids: number[] = []
  for (let index = 0; index < 5; index++) {
    const created = await send(user, 'POST', tasks, { title: `task ${index}` })
    ids.push(created.json<{ id: number }>().id)
  }
  const task = (index: number) => `${tasks}/${ids[index]}`
  const writes = {
    create: () => send(user, 'POST', tasks, { title: 'x' }),
    update: () => send(user, 'PATCH', task(0), { title: 'y' }),
    toggle: () => send(user, 'PATCH', `${task(1)}/complete`),
    delete: () => send(user, 'DELETE', task(2)),
    'create over tRPC': () => send(user, 'POST', '/trpc/task.create', { title: 'x' }),
  }
  const reads = {
    get: () => send(user, 'GET', task(4)),
    list: () => send(user, 'GET', tasks),
    search: () => send(user, 'GET', `${tasks}?search=t`),
    filter: () => send(user, 'GET', `${tasks}?status=pending`),
    changes: () => send(user, 'GET', `/api/${user}/changes?since=0`),
    history: () => send(user, 'GET', `${task(4)}/history`),
    conversations: () => send(user, 'GET', `/api/${user}/conversations`),
  }
  return { reads, writes, short: { ...writes, get: reads.get, list: reads.list } }
}
