import { readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runCommandFile } from '../backup/run_command.ts'
import { unpackDirectory } from './archive.ts'
import { movedText, moveTimes } from './clock.ts'
import { withDatabase } from './cluster.ts'
import { eventsUpTo } from './events.ts'
import { authorizer, keyIdOf, sender, type Exchange, type Installation, type Send } from './exchange.ts'
import type { Recording } from './recording.ts'
import { mcpTool, rest, trpcMutation, trpcQuery, type Caller } from './requests.ts'
import { startServer, type ServerProcess } from './server_process.ts'

// Data directories as older versions wrote them, and the responses of those versions: see README.md. The
// tests of a directory share one copy and one server, and run in their order, because undos build on each other.

const ROOT = join(import.meta.dirname, '..', '..', '..', '..')
const RECORDED = join(import.meta.dirname, 'recorded')

const CASES = readdirSync(RECORDED).flatMap((version) => [
  { version, way: 'opened as it is' },
  { version, way: 'restored from a backup of it' },
])

describe.each(CASES)('a data directory of version $version, $way,', ({ version, way }) => {
  const recording: Recording = JSON.parse(readFileSync(join(RECORDED, version, 'answers.json'), 'utf8'))
  let dataDir: string
  let server: ServerProcess
  let installation: Installation
  let send: Send
  let seconds: number
  beforeAll(async () => {
    dataDir = await unpackDirectory(join(RECORDED, version, 'data.tar.zst'))
    seconds = Math.floor((Date.now() - Date.parse(recording.sealed_at)) / 1000)
    await withDatabase(dataDir, (pool) => moveTimes(pool, seconds))
    if (way !== 'opened as it is') dataDir = await backedUpAndRestored(dataDir)
    server = await startServer(ROOT, dataDir)
    const secret = readFileSync(join(dataDir, 'secret'), 'utf8').trim()
    installation = { url: server.url, secret, credentials: recording.credentials }
    send = sender(installation)
  })
  beforeEach(({ onTestFailed }) => {
    // With its log, which also says when its PostgreSQL was started again.
    onTestFailed(() => console.error(server.output().slice(-20_000)))
  })
  afterAll(async () => {
    expect(await server.stop()).toBe(0)
    await rm(dirname(dataDir), { recursive: true })
  })

  /** The recorded value as this copy must return it: newer versions may add fields, but none may be missing or different. */
  function expected(recorded: unknown): unknown {
    if (Array.isArray(recorded)) return recorded.map(expected)
    if (typeof recorded === 'object' && recorded !== null) {
      return Object.fromEntries(Object.entries(recorded).map(([name, value]) => [name, expected(value)]))
    }
    if (typeof recorded !== 'string' || !TIME.test(recorded)) return recorded
    const isOfRecording = recorded > recording.sealed_at && recorded <= recording.answered_at
    return isOfRecording ? expect.stringMatching(TIME) : JSON.parse(movedText(JSON.stringify(recorded), seconds))
  }

  async function repeat(exchanges: readonly Exchange[]): Promise<void> {
    expect(exchanges.length).toBeGreaterThan(0)
    for (const { title, request, answer } of exchanges) {
      expect(await send(request), title).toMatchObject({ ...answer, ...bodyOf(answer) })
    }
  }

  function bodyOf({ body }: Exchange['answer']): object {
    return body === undefined ? {} : { body: expected(body) }
  }

  /** The whole log of a caller, whatever its length. */
  async function log({ as, user_id }: Caller): Promise<LoggedChange[]> {
    const changes: LoggedChange[] = []
    for (let more = true; more;) {
      const { body } = await send(rest({ as, user_id }, `GET /changes?since=${changes.length}&limit=200`))
      const page = body as { changes: LoggedChange[]; has_more: boolean }
      changes.push(...page.changes)
      more = page.has_more
    }
    return changes
  }

  test('has every task, list, log, history, conversation and message', () => repeat(recording.reads))

  test('streams its log as events from 0, and after any of them', async () => {
    for (const caller of recording.callers) {
      const changes = recordedLog(recording, caller)
      const after = (seq: number) =>
        changes
          .filter((change) => change.seq > seq)
          .map((change) => ({ id: String(change.seq), data: expected(change) }))
      const streams = [
        { request: rest(caller, 'GET /events?since=0'), events: after(0) },
        { request: { ...rest(caller, 'GET /events'), headers: { 'last-event-id': '3' } }, events: after(3) },
        { request: trpcQuery(caller, 'change.subscribe', { since: 0 }), events: after(0) },
      ]
      for (const { request, events } of streams) {
        const headers = { ...(await authorizer(installation)(caller.as, request.path)), ...request.headers }
        const streamed = await eventsUpTo(server.url + request.path, headers, caller.last_seq)
        expect(streamed, `${caller.as}: ${request.path}`).toMatchObject(events)
      }
    }
  })

  test('signs in with its passwords, sessions and keys, and rejects those that it rejected', () =>
    repeat(recording.sign_in))

  test('signs tokens with its existing key', async () => {
    const [ann] = recording.callers
    const answer = await send({ as: ann?.as ?? '', method: 'GET', path: '/api/auth/token' })
    expect(recording.signing_key).toBeTypeOf('string')
    expect(keyIdOf(answer)).toBe(recording.signing_key)
  })

  test('returns the original response to each recorded retry, without a further effect', async () => {
    await repeat(recording.retries)
    await repeat(recording.reused_keys)
    await repeat(recording.reads)
  })

  test('resumes its conversations', () => repeat(recording.resumed))

  test('undoes each change of its log, and these undos', async () => {
    await repeat(recording.undos)
    await repeat(recording.effects)
  })

  test('accepts new writes, numbers them without a gap, and reuses no id', async () => {
    const [ann] = recording.callers
    if (ann === undefined) throw new Error('nobody was recorded')
    const before = await log(ann)
    const known = new Set(before.map(({ task_id }) => task_id))
    const created = await send(rest(ann, 'POST /tasks', { body: { title: 'New' } }))
    expect(created).toMatchObject({ status: 201, body: { title: 'New', version: 1 } })
    const { id: task_id } = created.body as { id: number }
    expect(known).not.toContain(task_id)
    const writes = [
      trpcMutation(ann, 'task.update', { task_id, title: 'Newer' }),
      mcpTool(ann, 'complete_task', { task_id }),
      rest(ann, 'POST /chat', { body: { message: `reopen task ${task_id}` } }),
      rest(ann, `DELETE /tasks/${task_id}`),
    ]
    for (const write of writes) expect((await send(write)).status, write.path).toBeLessThan(300)
    const added = (await log(ann)).slice(before.length)
    expect(added.map(({ kind, via }) => `${kind} ${via}`)).toEqual([
      'created rest',
      'updated trpc',
      'completed mcp',
      'reopened chat',
      'deleted rest',
    ])
    for (const caller of recording.callers) {
      const seqs = (await log(caller)).map(({ seq }) => seq)
      expect(seqs).toEqual(seqs.map((_, index) => index + 1))
    }
  })
})

/** A new data directory beside an old one, which our backup reads as its version left it. */
async function backedUpAndRestored(dataDir: string): Promise<string> {
  const [file, copy] = [join(dirname(dataDir), 'backup'), join(dirname(dataDir), 'copy')]
  const commands = [
    ['backup_command.ts', dataDir],
    ['restore_command.ts', copy],
  ] as const
  for (const [command, TASKWIRE_DATA_DIR] of commands) {
    const result = await runCommandFile(`commands/${command}`, [file], { TASKWIRE_DATA_DIR })
    expect(result).toMatchObject({ code: 0, stderr: '' })
  }
  return copy
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

interface LoggedChange {
  readonly seq: number
  readonly task_id: number
  readonly kind: string
  readonly via: string
}

function recordedLog({ reads }: Recording, { as }: Caller): LoggedChange[] {
  const log = reads.find(({ title }) => title === `${as}: the log`)
  if (log === undefined) throw new Error(`the log of ${as} was not recorded`)
  return (log.answer.body as { changes: LoggedChange[] }).changes
}
