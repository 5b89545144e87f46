import type { RecordedResponse, Credential, Exchange, RecordedRequest, Send } from './exchange.ts'
import { mcpTool, rest, trpcMutation, trpcQuery, type Caller } from './requests.ts'
import { signUpPeople, type Person } from './sign_up.ts'

/** The parts of a filled data directory that cannot be read back over HTTP. */
export interface Filled {
  readonly people: readonly Person[]
  /** Writes with an idempotency key, and their responses: a retry must get the same. */
  readonly retries: readonly Exchange[]
  /** A conversation that waits for a yes, and one in which "it" means the task mentioned last. */
  readonly conversations: { readonly confirming: number; readonly speaking: number }
}

export interface Kept extends Filled {
  readonly credentials: Record<string, Credential>
  /** A message with a key that was stored while no model could be reached. */
  readonly unanswered: RecordedRequest
}

export interface FillOptions {
  readonly send: Send
  readonly credentials: Record<string, Credential>
  readonly sql: (statement: string, values: unknown[]) => Promise<unknown>
}

export const OUTSIDE = 'outside'
/** A subject without a row in our user table, with characters that paths and JSON have to escape. */
const OUTSIDE_SUBJECT = "auth0|Jürgen O'Neil/7 ✓"

const LONGEST_KEY = '~'.repeat(255)
const LONGEST_TITLE = '𝔗'.repeat(200)
const LONGEST_DESCRIPTION = 'ü\n'.repeat(500)
const MIXED_TITLE = 'Déjà vu 👩‍👩‍👧‍👦 שלום "quotes" \\ <b>&amp;</b>'

/** Fills the data directory of a running server through every transport, with every kind of change. */
export async function fill({ send, credentials, sql }: FillOptions): Promise<Filled> {
  const people = await signUpPeople(send, credentials)
  credentials[OUTSIDE] = { subject: OUTSIDE_SUBJECT }
  const [ann, ben] = people.map(({ name, user_id }) => ({ as: name, user_id }))
  if (ann === undefined || ben === undefined) throw new Error('two people sign up')
  const recorder = new Recorder(send)
  await writeByRest(recorder, ann)
  await writeAtTheLimits(recorder, ann)
  await writeByTrpc(recorder, ann)
  await writeByMcp(recorder, { ...ann, as: 'ann: write key' })
  await writeByChat(recorder, ann)
  await writeBySql(recorder, ann, sql)
  await writeByRest(recorder, { as: OUTSIDE, user_id: OUTSIDE_SUBJECT })
  await undoLatestByMcp(recorder, { as: OUTSIDE, user_id: OUTSIDE_SUBJECT })
  const conversations = await leaveConversationsOpen(recorder, ben)
  return { people, retries: recorder.retries, conversations }
}

/** Sends a message with a key to a server whose model is unreachable. Only the message is stored. */
export async function leaveUnanswered(send: Send, { people }: Filled): Promise<RecordedRequest> {
  const ben = people.at(-1)
  if (ben === undefined) throw new Error('nobody signed up')
  const caller = { as: ben.name, user_id: ben.user_id }
  const request = rest(caller, 'POST /chat', { body: { message: 'add Six' }, key: 'chat-unanswered' })
  const { status, body } = await send(request)
  const { code } = body as { code?: string }
  if (status !== 503 || code !== 'model_unavailable') throw new Error(`${status} ${code}`)
  return request
}

/** Sends writes, throws on the first error, and keeps the writes that have a key. */
class Recorder {
  readonly retries: Exchange[] = []
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  async write(title: string, request: RecordedRequest): Promise<RecordedResponse> {
    const response = await this.#send(request)
    if (response.status >= 300) throw new Error(`${title}: ${response.status} ${JSON.stringify(response.body)}`)
    return response
  }

  async retried(title: string, request: RecordedRequest): Promise<RecordedResponse> {
    const response = await this.write(title, request)
    this.retries.push({ title, request, answer: request.path === '/mcp' ? toolResponse(response) : response })
    return response
  }
}

/** The part of a tool's response that programs read. The wording of the text beside it may differ between versions. */
export function toolResponse({ status, body }: RecordedResponse): RecordedResponse {
  const { result } = body as { result?: { structuredContent?: unknown; isError?: boolean } }
  const structuredContent = result?.structuredContent
  if (structuredContent === undefined || result?.isError === true)
    throw new Error(`a tool failed: ${JSON.stringify(body)}`)
  return { status, body: { result: { structuredContent } } }
}

export function idOf({ body }: RecordedResponse): number {
  return (body as { id: number }).id
}

async function lastSeq(recorder: Recorder, caller: Caller): Promise<number> {
  const { body } = await recorder.write('the current seq', rest(caller, 'GET /changes'))
  return (body as { next: number }).next
}

async function writeByRest(recorder: Recorder, caller: Caller): Promise<void> {
  const plain = await recorder.write('create', rest(caller, 'POST /tasks', { body: { title: '  Buy milk ' } }))
  const body = { title: MIXED_TITLE, description: 'line one\nline two', completed: true }
  const full = await recorder.retried('REST create', rest(caller, 'POST /tasks', { body, key: 'rest-create' }))
  const task = `/tasks/${idOf(plain)}`
  const writes: [string, RecordedRequest][] = [
    ['PUT', rest(caller, `PUT ${task}`, { body: { title: 'Buy oat milk' }, key: 'rest-put' })],
    [
      'PATCH to a description',
      rest(caller, `PATCH ${task}`, { body: { description: 'two litres' }, key: 'rest-note' }),
    ],
    [
      'PATCH to null',
      rest(caller, `PATCH ${task}`, { body: { description: null }, key: 'rest-null', if_match: '"3"' }),
    ],
    ['PATCH of nothing', rest(caller, `PATCH ${task}`, { body: {}, key: 'rest-nothing', if_match: '"4", W/"9"' })],
    ['toggle', rest(caller, `PATCH ${task}/complete`, { key: 'rest-toggle' })],
    ['toggle back', rest(caller, `PATCH ${task}/complete`, { key: 'rest-toggle-back', if_match: '*' })],
    ['DELETE', rest(caller, `DELETE ${task}`, { key: 'rest-delete' })],
  ]
  for (const [title, write] of writes) await recorder.retried(`REST ${title}`, write)
  const deleted = await lastSeq(recorder, caller)
  const undo = (seq: number, key: string) => rest(caller, `POST /changes/${seq}/undo`, { key })
  await recorder.retried('REST undo', undo(deleted, 'rest-undo'))
  await recorder.retried('REST undo of the undo', undo(deleted + 1, 'rest-undo-undo'))
  await recorder.write('restore', rest(caller, `POST /changes/${deleted + 2}/undo`))
  await recorder.write('trash', rest(caller, `DELETE /tasks/${idOf(full)}`))
}

async function writeAtTheLimits(recorder: Recorder, caller: Caller): Promise<void> {
  const body = { title: LONGEST_TITLE, description: LONGEST_DESCRIPTION }
  await recorder.retried('REST create at the limits', rest(caller, 'POST /tasks', { body, key: LONGEST_KEY }))
}

async function writeByTrpc(recorder: Recorder, caller: Caller): Promise<void> {
  const call = (procedure: string, input: object) =>
    recorder.retried(`tRPC ${procedure}`, trpcMutation(caller, procedure, { ...input, idempotency_key: procedure }))
  const response = await call('task.create', { title: 'Water the plants', description: null })
  const { id: task_id } = (response.body as { result: { data: { id: number } } }).result.data
  await call('task.update', { task_id, title: 'Water all plants', completed: true, if_version: 1 })
  await call('task.toggle', { task_id, if_version: [2, 3] })
  await call('task.complete', { task_id })
  await call('task.reopen', { task_id })
  await call('task.delete', { task_id })
  await call('change.undo', { seq: await lastSeq(recorder, caller) })
  const body = { title: 'Sent by REST, repeated by tRPC' }
  const first = await recorder.write('create', rest(caller, 'POST /tasks', { body, key: 'two-transports' }))
  const repeat = trpcMutation(caller, 'task.create', { ...body, idempotency_key: 'two-transports' })
  const data = await recorder.retried('a REST create repeated by tRPC', repeat)
  if (JSON.stringify(data.body) !== JSON.stringify({ result: { data: first.body } })) throw new Error('two effects')
}

async function writeByMcp(recorder: Recorder, caller: Caller): Promise<void> {
  const call = (tool: string, args: object) =>
    recorder.retried(`MCP ${tool}`, mcpTool(caller, tool, { ...args, idempotency_key: `mcp-${tool}` }))
  const { body } = await call('add_task', { title: 'Call the dentist', description: 'before noon' })
  const { task_id } = (body as { result: { structuredContent: { task_id: number } } }).result.structuredContent
  await call('update_task', { task_id, title: 'Call the other dentist', description: null })
  await call('complete_task', { task_id })
  await call('reopen_task', { task_id })
  await call('delete_task', { task_id, if_version: 4 })
  await call('undo', { seq: await lastSeq(recorder, caller) })
}

async function writeByChat(recorder: Recorder, caller: Caller): Promise<void> {
  const say = (message: string, key: string, conversation_id?: number, accept?: string) =>
    recorder.retried(
      `chat: ${message}`,
      rest(caller, 'POST /chat', { body: { message, conversation_id }, key, accept }),
    )
  const first = await say('Add a task to renew the passport', 'chat-first')
  const { conversation_id } = first.body as { conversation_id: number }
  await say('mark it as done', 'chat-done', conversation_id)
  await say('Show me all my tasks', 'chat-stream', conversation_id, 'text/event-stream')
  const input = { message: 'add "Milk", "Eggs" and "Bread"', conversation_id, idempotency_key: 'chat-trpc' }
  await recorder.retried('chat.send by tRPC', trpcMutation(caller, 'chat.send', input))
  await recorder.retried('chat.send to a new conversation', {
    ...trpcMutation(caller, 'chat.send', { message: 'delete the bread task', idempotency_key: 'chat-new' }),
  })
  await recorder.write(
    'a conversation in unicode',
    rest(caller, 'POST /chat', { body: { message: `add "${MIXED_TITLE}"` } }),
  )
}

/** Writes without a transport, one of them a physical deletion. */
async function writeBySql(recorder: Recorder, { as, user_id }: Caller, sql: FillOptions['sql']): Promise<void> {
  await sql('INSERT INTO taskwire.task (user_id, title) VALUES ($1, $2), ($1, $3)', [user_id, 'By SQL', 'Gone by SQL'])
  await sql(
    `UPDATE taskwire.task SET description = 'by SQL', completed = true WHERE user_id = $1 AND title = 'By SQL'`,
    [user_id],
  )
  await sql(`DELETE FROM taskwire.task WHERE user_id = $1 AND title = 'Gone by SQL'`, [user_id])
  await recorder.write('the list', trpcQuery({ as, user_id }, 'task.list', {}))
}

/** Undo without a seq means the latest change over MCP. In later versions, an API key has latest changes of its own. */
async function undoLatestByMcp(recorder: Recorder, caller: Caller): Promise<void> {
  await recorder.retried('MCP add_task', mcpTool(caller, 'add_task', { title: 'Undone', idempotency_key: 'mcp-add' }))
  await recorder.retried('MCP undo of the latest', mcpTool(caller, 'undo', { idempotency_key: 'mcp-latest' }))
  await recorder.write('MCP add_task', mcpTool(caller, 'add_task', { title: 'Undone by the next version' }))
}

async function leaveConversationsOpen(recorder: Recorder, ben: Caller): Promise<Filled['conversations']> {
  const titles = ['One', 'Two', 'Three', 'Four']
  const ids: number[] = []
  for (const title of titles)
    ids.push(idOf(await recorder.write('create', rest(ben, 'POST /tasks', { body: { title } }))))
  const say = async (message: string) => {
    const { body } = await recorder.write('chat', rest(ben, 'POST /chat', { body: { message } }))
    return (body as { conversation_id: number }).conversation_id
  }
  return { confirming: await say(`delete tasks ${ids[0]} and ${ids[1]}`), speaking: await say('add Five') }
}
