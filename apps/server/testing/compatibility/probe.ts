import type { RecordedResponse, Exchange, RecordedRequest, Send } from './exchange.ts'
import { OUTSIDE, toolResponse, type Kept } from './fill.ts'
import { mcpTool, rest, trpcQuery, type Caller } from './requests.ts'
import type { Person } from './sign_up.ts'

interface LoggedChange {
  readonly seq: number
  readonly task_id: number
}

/** Reads everything that these callers can read. */
export async function readEverything(send: Send, callers: readonly Caller[]): Promise<Exchange[]> {
  const exchanges: Exchange[] = []
  const read = async (
    title: string,
    request: RecordedRequest,
    kept: (response: RecordedResponse) => RecordedResponse = (response) => response,
  ) => {
    const response = kept(await send(request))
    exchanges.push({ title: `${request.as}: ${title}`, request, answer: response })
    return response
  }
  for (const caller of callers) {
    await read('who I am', { as: caller.as, method: 'GET', path: '/auth/me' })
    for (const query of LISTS) await read(`tasks${query}`, rest(caller, `GET /tasks${query}`))
    await read('task.list', trpcQuery(caller, 'task.list', { limit: 200 }), withoutCursor)
    await read('list_tasks', mcpTool(caller, 'list_tasks', {}), leanTasks)
    const log = await read('the log', rest(caller, 'GET /changes?since=0&limit=200'))
    for (const task_id of taskIdsOf(log)) {
      await read(`task ${task_id}`, rest(caller, `GET /tasks/${task_id}`), withoutRequestId)
      await read(`the history of task ${task_id}`, rest(caller, `GET /tasks/${task_id}/history`))
    }
    const conversations = await read('conversations', rest(caller, 'GET /conversations'))
    for (const { id } of conversations.body as { id: number }[]) {
      await read(`messages of ${id}`, rest(caller, `GET /conversations/${id}/messages`))
      await read(`changes of conversation ${id}`, rest(caller, `GET /changes?since=0&conversation_id=${id}`))
    }
  }
  return exchanges
}

/** Reads the effects of the undos: the tasks, the trash and the log since then. */
export async function readEffects(
  send: Send,
  { as, user_id, last_seq }: Caller & { last_seq: number },
): Promise<Exchange[]> {
  const exchanges: Exchange[] = []
  for (const call of ['GET /tasks', 'GET /tasks?status=deleted', `GET /changes?since=${last_seq}&limit=200`]) {
    const request = rest({ as, user_id }, call)
    exchanges.push({ title: `${as}: ${call} after the undos`, request, answer: await send(request) })
  }
  return exchanges
}

const LISTS = [
  '',
  '?status=all',
  '?status=pending',
  '?status=completed',
  '?status=deleted',
  '?sort=title',
  '?sort=updated_at&order=asc',
  '?search=%F0%9D%94%97%F0%9D%94%97',
  '?search=MILK',
]

function changesOf({ body }: RecordedResponse): readonly LoggedChange[] {
  return (body as { changes: LoggedChange[] }).changes
}

function taskIdsOf(log: RecordedResponse): number[] {
  return [...new Set(changesOf(log).map(({ task_id }) => task_id))]
}

/** A cursor contains times that are not moved with the rest of the recording. */
function withoutCursor(response: RecordedResponse): RecordedResponse {
  const { items } = (response.body as { result: { data: { items: unknown } } }).result.data
  return { status: response.status, body: { result: { data: { items } } } }
}

/** The fields that `list_tasks` returns in every version; later versions omit fields with their default value. */
function leanTasks(response: RecordedResponse): RecordedResponse {
  const { status, body } = toolResponse(response)
  const { tasks } = (body as { result: { structuredContent: { tasks: Record<string, unknown>[] } } }).result
    .structuredContent
  const lean = tasks.map(({ id, title, version, completed }) => ({ id, title, version, completed }))
  return { status, body: { result: { structuredContent: { tasks: lean } } } }
}

/** Of an error only its code, which programs branch on. */
export function withoutRequestId(response: RecordedResponse): RecordedResponse {
  if (response.status < 400) return response
  const { code } = response.body as { code?: string }
  return { status: response.status, body: code === undefined ? {} : { code } }
}

/** Signs in with sessions, passwords and keys, including those that must keep failing. */
export async function signInEverywhere(send: Send, people: readonly Person[]): Promise<Exchange[]> {
  const exchanges: Exchange[] = []
  const record = async (
    title: string,
    request: RecordedRequest,
    kept: (response: RecordedResponse) => RecordedResponse = withoutRequestId,
  ) => {
    exchanges.push({ title, request, answer: kept(await send(request)) })
  }
  await record('the public keys', { method: 'GET', path: '/api/auth/jwks' })
  for (const { name, user_id, email, password, keys } of people) {
    for (const as of [name, `${name}: second session`]) {
      await record(`${as} is a session`, { as, method: 'GET', path: '/api/auth/get-session' }, userOnly)
      await record(`${as} gives tokens`, { as, method: 'GET', path: '/auth/me' })
    }
    const browser = { as: `${name}: cookie`, method: 'GET', path: '/api/auth/get-session' }
    await record(`${name} has a session in a browser`, browser, userOnly)
    for (const key of keys) {
      await record(`key ${key}`, { as: name, method: 'GET', path: `/api/auth/api-key/get?id=${key}` }, stableKey)
    }
    const signIn = { method: 'POST', path: '/api/auth/sign-in/email' }
    await record(`${name} signs in by password`, { ...signIn, body: { email, password } }, userOnly)
    await record(
      `${name} needs the right password`,
      { ...signIn, body: { email, password: `${password}!` } },
      statusOnly,
    )
    const ended = `${name}: ended session`
    await record(
      `${ended} stays ended`,
      { as: ended, method: 'GET', path: '/api/auth/get-session' },
      ({ status, body }) => ({ status, body }),
    )
    for (const key of ['read key', 'write key', 'expired key', 'revoked key']) {
      const caller = { as: `${name}: ${key}`, user_id }
      await record(`${caller.as} reads`, rest(caller, 'GET /tasks'), idsOnly)
      if (key !== 'write key')
        await record(`${caller.as} cannot write`, rest(caller, 'POST /tasks', { body: { title: 'x' } }))
    }
  }
  return exchanges
}

function statusOnly({ status }: RecordedResponse): RecordedResponse {
  return { status }
}

function idsOnly(response: RecordedResponse): RecordedResponse {
  if (response.status >= 400) return withoutRequestId(response)
  return { status: response.status, body: (response.body as { id: number }[]).map(({ id }) => ({ id })) }
}

function userOnly({ status, body }: RecordedResponse): RecordedResponse {
  const { id, email, name } = (body as { user: Record<string, unknown> }).user
  return { status, body: { user: { id, email, name } } }
}

/** A key without the fields that each use changes. */
function stableKey({ status, body }: RecordedResponse): RecordedResponse {
  const { id, name, start, configId, enabled, expiresAt, createdAt } = body as Record<string, unknown>
  return { status, body: { id, name, start, configId, enabled, expiresAt, createdAt } }
}

/** Undoes every change of the log, latest first, then the latest of these undos. */
export async function undoEverything(send: Send, caller: Caller, last: number): Promise<Exchange[]> {
  const exchanges: Exchange[] = []
  const undo = async (seq: number) => {
    const request = rest(caller, `POST /changes/${seq}/undo`)
    const response = withoutRequestId(await send(request))
    exchanges.push({ title: `${caller.as}: undo of change ${seq}`, request, answer: response })
    return response
  }
  const undos: number[] = []
  for (let seq = last; seq > 0; seq--) {
    const response = await undo(seq)
    if (response.status === 200) undos.push((response.body as { seq: number }).seq)
  }
  for (const seq of undos.slice(-10).toReversed()) await undo(seq)
  return exchanges
}

/** Sends the open conversations their next message. Only its effects are compared, in the reads that follow. */
export async function resumeConversations(
  send: Send,
  ben: Caller,
  { conversations: open, unanswered }: Pick<Kept, 'conversations' | 'unanswered'>,
): Promise<Exchange[]> {
  const exchanges: Exchange[] = []
  const recordReply = async (title: string, request: RecordedRequest): Promise<number> => {
    const { status, body } = await send(request)
    const { conversation_id } = body as { conversation_id: number }
    exchanges.push({ title, request, answer: { status, body: { conversation_id } } })
    return conversation_id
  }
  const say = (title: string, conversation_id: number, message: string) =>
    recordReply(title, rest(ben, 'POST /chat', { body: { conversation_id, message } }))
  await say('a yes to what was asked before', open.confirming, 'yes')
  await say('"it" is what was spoken of before', open.speaking, 'mark it as done')
  const late = await recordReply('a repeat of a message that was never answered', unanswered)
  const messages = rest(ben, `GET /conversations/${late}/messages`)
  exchanges.push({ title: 'its conversation', request: messages, answer: rolesOnly(await send(messages)) })
  for (const path of ['', '?status=deleted']) {
    const request = rest(ben, `GET /tasks${path}`)
    exchanges.push({ title: `tasks${path} after that`, request, answer: await send(request) })
  }
  return exchanges
}

function rolesOnly({ status, body }: RecordedResponse): RecordedResponse {
  return { status, body: (body as { id: number; role: string }[]).map(({ role }) => ({ role })) }
}

/** Undoes without a seq, which means the caller's latest change, even if an earlier version wrote it. */
export async function undoLatest(send: Send, caller: Caller): Promise<Exchange> {
  const request = mcpTool(caller, 'undo', {})
  return { title: `${OUTSIDE}: undo of the latest`, request, answer: toolResponse(await send(request)) }
}
