import type { AddressInfo } from 'node:net'
import { appRouter, operations, type Operation } from '@taskwire/api'
import { signedToken } from '@taskwire/api/testing'
import { openApiDocument } from '../../src/transports/openapi/document.ts'
import { signInServer, TEST_SECRET, type SignInServer } from '../sign_in_server.ts'
import { DocumentedAnswers } from './answers.ts'
import { httpClient, type HttpClient, type HttpReply } from './http.ts'
import { obedientAssistant } from './obedient_assistant.ts'
import { REMIND_AT, type Rows } from './samples.ts'
import { allRoutes, type Args, type MatrixCall, type Route } from './transports.ts'

/** All data of the victim contains this. */
export const CANARY = 'kq7zcanary'

export interface World {
  readonly server: SignInServer
  readonly url: string
  /** Sends requests of everyone but the victim. */
  readonly send: HttpClient
  readonly documented: DocumentedAnswers
  readonly victim: Rows & { readonly user: string; readonly token: string }
  /** Bytes that revealed the canary to another user or to the log. */
  exposed(): string[]
  /** Sends a call on a route, and checks a REST response against the document. */
  call(route: Route, call: MatrixCall): Promise<Checked>
  close(): Promise<void>
}

export interface Checked {
  readonly reply: HttpReply
  readonly outcome: string
  /** What the OpenAPI document has against it. */
  readonly problem: string | undefined
}

const all: readonly Operation[] = operations(appRouter)

/** The whole server over HTTP, with a victim whose rows, messages and changes contain the canary. */
export async function openWorld(env: Record<string, string> = {}): Promise<World> {
  const lines: string[] = []
  const server = await signInServer({ lines, env })
  Object.assign(server.services, { assistant: obedientAssistant })
  await server.app.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}`
  const exposed: string[] = []
  const send = httpClient(url, (bytes) => {
    if (bytes.includes(CANARY)) exposed.push(bytes)
  })
  const documented = new DocumentedAnswers(openApiDocument(all))
  const victim = await victimOf(url)
  return {
    server,
    url,
    send,
    documented,
    victim,
    exposed: () => [
      ...exposed,
      ...[...lines, ...server.logged.map((entry) => JSON.stringify(entry))].filter((line) => line.includes(CANARY)),
    ],
    async call(route, call) {
      const reply = await send(route.request(call))
      const { rest } = route
      const problem = rest === undefined ? undefined : documented.problem(rest.method, rest.meta.path, reply)
      return { reply, outcome: route.outcome(reply), problem }
    },
    async close() {
      server.app.server.closeAllConnections()
      await server.close()
    },
  }
}

const secret = new TextEncoder().encode(TEST_SECRET)

export function tokenOf(user: string): Promise<string> {
  return signedToken({ sub: user }, secret)
}

const routes = allRoutes()

/** Calls an operation over tRPC as an ordinary client, and expects success. */
async function ask(send: HttpClient, token: string, [name, args]: readonly [string, Args]): Promise<HttpReply> {
  const route = routes.find(({ operation, via }) => operation.name === name && via === 'trpc')
  if (route === undefined) throw new Error(`there is no ${name}`)
  const reply = await send(route.request({ token, user: '', args }))
  if (route.outcome(reply) !== 'ok') throw new Error(`${name}: ${reply.text}`)
  return reply
}

/** Gives a user a task with two changes and a conversation with two messages, whose text contains `word`. */
export async function prepared(send: HttpClient, user: string, word = 'milk'): Promise<Rows> {
  const token = await tokenOf(user)
  const made = await ask(send, token, ['task.create', { title: word, description: `${word}-description` }])
  const task_id: number = JSON.parse(made.text).result.data.id
  const recurring = { due_date: '2030-01-01', recurrence: { rule: 'FREQ=DAILY' } }
  const fields = {
    title: `${word}-title`,
    checklist: [{ id: 'rye', text: word }],
    reminders: [REMIND_AT],
    ...recurring,
  }
  await ask(send, token, ['task.update', { task_id, ...fields }])
  const chat = await ask(send, token, ['chat.send', { message: `${word}-message` }])
  const { next: seq } = JSON.parse((await ask(send, token, ['change.list', {}])).text).result.data
  // So that the reminder is planned, which the next look at reminders would do.
  await ask(send, token, ['reminder.list', {}])
  const hook = await ask(send, token, ['webhook.create', { url: `https://example.com/${word}`, description: word }])
  const webhook_id: number = JSON.parse(hook.text).result.data.id
  const test = await ask(send, token, ['webhook.test', { webhook_id }])
  const delivery_id: number = JSON.parse(test.text).result.data.id
  const conversation_id: number = JSON.parse(chat.text).result.data.conversation_id
  const feed = await ask(send, token, ['feed.create', {}])
  const feed_id: number = JSON.parse(feed.text).result.data.id
  return { task_id, conversation_id, seq, webhook_id, delivery_id, feed_id }
}

/** So many more changes has the victim than anybody who looks for them by their seq. */
const MANY = 40

async function victimOf(url: string) {
  const user = 'victim'
  const [send, token] = [httpClient(url, () => {}), await tokenOf(user)]
  for (let n = 0; n < MANY; n++) await ask(send, token, ['task.create', { title: `${CANARY}-${n}` }])
  const deleted = await prepared(send, user, CANARY)
  await ask(send, token, ['task.delete', { task_id: deleted.task_id }])
  const message = JSON.stringify({ tool: 'add_task', args: { title: `${CANARY}-added`, description: CANARY } })
  await ask(send, token, ['chat.send', { message }])
  return { user, token, ...(await prepared(send, user, CANARY)) }
}
