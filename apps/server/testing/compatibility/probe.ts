import type { Answer, Exchange, Request, Send } from './exchange.ts'
import { OUTSIDE, toolAnswer, type Kept } from './fill.ts'
import { mcpTool, rest, trpcQuery, type Caller } from './requests.ts'
import type { Person } from './sign_up.ts'

interface LoggedChange {
  readonly seq: number
  readonly task_id: number
}

/** Everything that can be read of some users, as exchanges. */
export async function readEverything(send: Send, callers: readonly Caller[]): Promise<Exchange[]> {
  const exchanges: Exchange[] = []
  const read = async (title: string, request: Request, kept: (answer: Answer) => Answer = (answer) => answer) => {
    const answer = kept(await send(request))
    exchanges.push({ title: `${request.as}: ${title}`, request, answer })
    return answer
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

/** What the undos left: the tasks, the trash and the log since then. */
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

function changesOf({ body }: Answer): readonly LoggedChange[] {
  return (body as { changes: LoggedChange[] }).changes
}

function taskIdsOf(log: Answer): number[] {
  return [...new Set(changesOf(log).map(({ task_id }) => task_id))]
}

/** A cursor holds times of its own, which do not move with the clock of the recording. */
function withoutCursor(answer: Answer): Answer {
  const { items } = (answer.body as { result: { data: { items: unknown } } }).result.data
  return { status: answer.status, body: { result: { data: { items } } } }
}

/** What `list_tasks` says of a task in every version; later ones leave out what is at its default. */
function leanTasks(answer: Answer): Answer {
  const { status, body } = toolAnswer(answer)
  const { tasks } = (body as { result: { structuredContent: { tasks: Record<string, unknown>[] } } }).result
    .structuredContent
  const lean = tasks.map(({ id, title, version, completed }) => ({ id, title, version, completed }))
  return { status, body: { result: { structuredContent: { tasks: lean } } } }
}

/** Of a refusal what programs branch on. */
export function withoutRequestId(answer: Answer): Answer {
  if (answer.status < 400) return answer
  const { code } = answer.body as { code?: string }
  return { status: answer.status, body: code === undefined ? {} : { code } }
}

/** Sign-in with sessions, passwords and keys, and what must stay refused. */
export async function signInEverywhere(send: Send, people: readonly Person[]): Promise<Exchange[]> {
  const exchanges: Exchange[] = []
  const record = async (title: string, request: Request, kept: (answer: Answer) => Answer = withoutRequestId) => {
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

function statusOnly({ status }: Answer): Answer {
  return { status }
}

function idsOnly(answer: Answer): Answer {
  if (answer.status >= 400) return withoutRequestId(answer)
  return { status: answer.status, body: (answer.body as { id: number }[]).map(({ id }) => ({ id })) }
}

function userOnly({ status, body }: Answer): Answer {
  const { id, email, name } = (body as { user: Record<string, unknown> }).user
  return { status, body: { user: { id, email, name } } }
}

/** Without what every use of the key changes. */
function stableKey({ status, body }: Answer): Answer {
  const { id, name, start, configId, enabled, expiresAt, createdAt } = body as Record<string, unknown>
  return { status, body: { id, name, start, configId, enabled, expiresAt, createdAt } }
}

/** Undoes every change of the log, the latest first, then the latest of these undos again. */
export async function undoEverything(send: Send, caller: Caller, last: number): Promise<Exchange[]> {
  const exchanges: Exchange[] = []
  const undo = async (seq: number) => {
    const request = rest(caller, `POST /changes/${seq}/undo`)
    const answer = withoutRequestId(await send(request))
    exchanges.push({ title: `${caller.as}: undo of change ${seq}`, request, answer })
    return answer
  }
  const undos: number[] = []
  for (let seq = last; seq > 0; seq--) {
    const answer = await undo(seq)
    if (answer.status === 200) undos.push((answer.body as { seq: number }).seq)
  }
  for (const seq of undos.slice(-10).toReversed()) await undo(seq)
  return exchanges
}

/** What the open conversations make of their next message: only its effect is compared, in the reads that follow. */
export async function resumeConversations(
  send: Send,
  ben: Caller,
  { conversations: open, unanswered }: Pick<Kept, 'conversations' | 'unanswered'>,
): Promise<Exchange[]> {
  const exchanges: Exchange[] = []
  const answered = async (title: string, request: Request): Promise<number> => {
    const { status, body } = await send(request)
    const { conversation_id } = body as { conversation_id: number }
    exchanges.push({ title, request, answer: { status, body: { conversation_id } } })
    return conversation_id
  }
  const say = (title: string, conversation_id: number, message: string) =>
    answered(title, rest(ben, 'POST /chat', { body: { conversation_id, message } }))
  await say('a yes to what was asked before', open.confirming, 'yes')
  await say('"it" is what was spoken of before', open.speaking, 'mark it as done')
  const late = await answered('a repeat of a message that was never answered', unanswered)
  const messages = rest(ben, `GET /conversations/${late}/messages`)
  exchanges.push({ title: 'its conversation', request: messages, answer: rolesOnly(await send(messages)) })
  for (const path of ['', '?status=deleted']) {
    const request = rest(ben, `GET /tasks${path}`)
    exchanges.push({ title: `tasks${path} after that`, request, answer: await send(request) })
  }
  return exchanges
}

function rolesOnly({ status, body }: Answer): Answer {
  return { status, body: (body as { id: number; role: string }[]).map(({ role }) => ({ role })) }
}

/** Undo without a seq means the latest own change, also one that an earlier version wrote. */
export async function undoLatest(send: Send, caller: Caller): Promise<Exchange> {
  const request = mcpTool(caller, 'undo', {})
  return { title: `${OUTSIDE}: undo of the latest`, request, answer: toolAnswer(await send(request)) }
}
