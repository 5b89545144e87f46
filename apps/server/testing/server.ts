import type { AddressInfo } from 'node:net'
import { signedToken, testServices, type TestServices } from '@taskwire/api/testing'
import type { InjectOptions } from 'fastify'
import { buildApp, type App } from '../src/http/app.ts'
import { envFrom } from '../src/config/env.ts'
import { openLog } from '../src/process/log.ts'

/** A response in the form that tests assert on. */
export interface TestResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
  /** The parsed body; undefined if it is not JSON. */
  // The shape depends on the route, and an assertion on a wrong shape fails by itself.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly json: any
}

export interface RequestOptions {
  readonly headers?: Record<string, string>
  /** An object is sent as JSON, a string unchanged. */
  readonly body?: unknown
}

type Method = NonNullable<InjectOptions['method']>

export type Send = (method: Method, path: string, options?: RequestOptions) => Promise<TestResponse>

export interface TestServer {
  readonly app: App
  readonly fixture: TestServices
  /** The lines that were logged. */
  readonly lines: string[]
  /** Sends without a token. */
  readonly send: Send
  /** Sends with a token of this user. */
  as(user_id: string): Send
  /** Starts listening on loopback and resolves to the URL. */
  listen(): Promise<string>
  close(): Promise<void>
}

/** The whole app over a database of its own. */
export async function testServer(variables: Record<string, string> = {}): Promise<TestServer> {
  const fixture = await testServices()
  const lines: string[] = []
  const log = openLog({ LOG_LEVEL: 'trace' }, { write: (line) => void lines.push(line) })
  const app = await buildApp({ services: fixture.services, env: envFrom(variables), log })
  await app.ready()
  const send: Send = (method, path, sent) => inject(app, method, path, sent)
  return {
    app,
    fixture,
    lines,
    send,
    as:
      (user_id) =>
      async (method, path, sent = {}) => {
        const authorization = `Bearer ${await signedToken({ sub: user_id })}`
        return send(method, path, { ...sent, headers: { authorization, ...sent.headers } })
      },
    async listen() {
      await app.listen({ host: '127.0.0.1', port: 0 })
      return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
    },
    async close() {
      fixture.services.feed.close()
      app.server.closeAllConnections()
      await app.close()
      await fixture.close()
    },
  }
}

async function inject(
  app: App,
  method: Method,
  path: string,
  { headers = {}, body }: RequestOptions = {},
): Promise<TestResponse> {
  const isText = typeof body === 'string' || body === undefined
  const response = await app.inject({
    method,
    url: path,
    headers: isText ? headers : { 'content-type': 'application/json', ...headers },
    payload: isText ? body : JSON.stringify(body),
  })
  const isJson = String(response.headers['content-type']).startsWith('application/json') && response.body !== ''
  return {
    status: response.statusCode,
    headers: Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)])),
    text: response.body,
    json: isJson ? JSON.parse(response.body) : undefined,
  }
}

/** The path of a user's tasks, or of one of them. */
export function tasksOf(user_id: string, task_id?: number | string, rest = ''): string {
  const path = `/api/${encodeURIComponent(user_id)}/tasks`
  return task_id === undefined ? path : `${path}/${task_id}${rest}`
}
