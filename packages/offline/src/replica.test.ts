import { TaskwireError, type Change, type Task, type TaskwireClient } from '@taskwire/client'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { openPage, type FakePage } from '../testing/browser.ts'
import { fakeServer, openStream, type FakeServer } from '../testing/fake_client.ts'
import { changeOf, taskWith, writeOf } from '../testing/tasks.ts'
import type { PendingWrite } from './outbox/pending_write.ts'
import { createReplica, type ReplicaOptions, type TaskReplica } from './replica.ts'
import { nothingStored, type LocalDatabase } from './store/local_database.ts'

let page: FakePage
let replica: TaskReplica | undefined
beforeEach(() => {
  page = openPage()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  replica?.close()
  expect([page.listeners(), vi.getTimerCount()]).toEqual([0, 0])
  vi.useRealTimers()
})

const moment = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

/** A stream that reports its connection before its changes. */
const live =
  (...changes: readonly Change[]) =>
  (options: Parameters<typeof openStream>[0]) => {
    options.onConnection?.(true)
    return openStream(options, changes)
  }

type AnswerTo = (input: { task_id?: number }) => Promise<unknown>

/** A page of a user whose server answers every write by `answer`. */
function visit(server: Partial<FakeServer> = {}, answer?: AnswerTo, options: Partial<ReplicaOptions> = {}) {
  const fake = fakeServer({ streams: [live()], ...server })
  const sent: [string, unknown][] = []
  const write = (name: string) => ({
    mutate(input: { task_id?: number }) {
      sent.push([name, input])
      return answer?.(input) ?? new Promise(() => {})
    },
  })
  const names = ['create', 'update', 'complete', 'reopen', 'delete', 'batch']
  const client = fake.client as unknown as { task: object; change: object }
  const calls = Object.fromEntries(names.map((name) => [name, write(name)]))
  const undone = { ...client.change, undo: write('undo') }
  const all = { ...client, change: undone, task: { ...client.task, ...calls } }
  const rejected: unknown[] = []
  replica = createReplica({
    client: all as unknown as TaskwireClient,
    user_id: 'ada',
    database: nothingStored,
    onRejected: (_, reason) => rejected.push(reason),
    ...options,
  })
  return { replica, server: fake.server, sent, rejected }
}

const titles = (shown: TaskReplica) => shown.snapshot().tasks.map(({ title }) => title)

test('tasks are shown once they are there, and the connection once it is', async () => {
  const { replica: shown } = visit({ tasks: [taskWith()] })
  expect(shown.snapshot()).toMatchObject({ phase: 'loading', tasks: [], connection: 'connecting' })
  await moment()
  expect(shown.snapshot()).toMatchObject({ phase: 'ready', connection: 'live', waiting: [] })
  expect(titles(shown)).toEqual(['Call'])
})

test('changes that arrive together are shown together, within a frame, and each is told', async () => {
  const task = taskWith()
  const changes = [2, 3, 4].map((seq) => changeOf(seq, task, taskWith({ version: seq, title: `Call ${seq}` })))
  const { replica: shown } = visit({ tasks: [task], streams: [live(...changes)] })
  let told = 0
  const heard: number[] = []
  shown.onChange(({ seq }) => heard.push(seq))
  await moment()
  shown.subscribe(() => told++)
  expect(heard).toEqual([2, 3, 4])
  expect(shown.findChange(1, 3)?.seq).toBe(3)
  await moment(15)
  expect(told).toBe(0)
  await moment(1)
  expect([told, ...titles(shown)]).toEqual([1, 'Call 4'])
})

test('a page that is closed follows nothing, listens to nothing and waits for nothing', async () => {
  const task = taskWith()
  const { replica: shown, server } = visit({ streams: [live(changeOf(2, null, task))] })
  await moment()
  shown.write(null, { kind: 'create', fields: { title: 'New' } })
  expect(page.listeners()).toBeGreaterThan(0)
  expect(vi.getTimerCount()).toBeGreaterThan(0)
  shown.close()
  expect([page.listeners(), vi.getTimerCount()]).toEqual([0, 0])
  expect(server.followed.map(({ signal }) => signal?.aborted)).toEqual([true])
})

test('a page that is closed while it looks for the writes of others does not connect', async () => {
  const { promise, resolve } = Promise.withResolvers<never[]>()
  const database: LocalDatabase = { ...nothingStored, loadWrites: () => promise }
  const { replica: shown, server } = visit({}, undefined, { database })
  await moment()
  shown.close()
  resolve([])
  await moment()
  expect(server.followed).toEqual([])
})

test('what others left behind is sent before the log is followed', async () => {
  const orphan = writeOf(taskWith(), { kind: 'complete' }, { tab: 'closed' })
  const database: LocalDatabase = { ...nothingStored, loadWrites: async () => [orphan] }
  const { replica: shown, sent } = visit({ tasks: [taskWith()] }, undefined, { database })
  await moment()
  expect(sent).toEqual([['complete', { task_id: 1, idempotency_key: orphan.key }]])
  expect(shown.snapshot().waiting).toMatchObject([{ key: orphan.key, attempted: true }])
  expect(shown.snapshot().tasks[0]?.completed).toBe(true)
})

/** A page that follows the log, of whose browser another tab was closed since and has left a write behind. */
async function besideClosedTab({ hasLocks = true } = {}) {
  if (hasLocks) Object.assign(navigator, { locks: { request: async () => {}, query: async () => ({ held: [] }) } })
  const stored: PendingWrite[] = []
  const database: LocalDatabase = { ...nothingStored, loadWrites: async () => stored }
  const streams: { readonly onConnection?: (isConnected: boolean) => void }[] = []
  const stream = (options: Parameters<typeof openStream>[0]) => {
    streams.push(options)
    return live()(options)
  }
  const { sent } = visit({ tasks: [taskWith()], streams: [stream] }, undefined, { database })
  await moment(10_000)
  stored.push(writeOf(taskWith(), { kind: 'complete' }, { tab: 'closed' }))
  const reconnect = async () => {
    streams[0]?.onConnection?.(false)
    streams[0]?.onConnection?.(true)
    await moment()
  }
  return { sent, reconnect }
}

test('what a tab that was closed since has left behind is sent once the connection is back', async () => {
  const { sent, reconnect } = await besideClosedTab()
  expect(sent).toEqual([])
  await reconnect()
  expect(sent).toMatchObject([['complete', { task_id: 1 }]])
})

test('what a tab that was closed since has left behind is sent once this one is looked at', async () => {
  const { sent } = await besideClosedTab()
  vi.stubGlobal('document', { visibilityState: 'hidden' })
  onTestFinished(() => void vi.unstubAllGlobals())
  page.dispatch('visibilitychange')
  await moment()
  expect(sent).toEqual([])
  vi.stubGlobal('document', { visibilityState: 'visible' })
  page.dispatch('visibilitychange')
  await moment()
  expect(sent).toMatchObject([['complete', { task_id: 1 }]])
})

test('without locks, where a closed tab cannot be told from an open one, a new connection takes nothing over', async () => {
  const { sent, reconnect } = await besideClosedTab({ hasLocks: false })
  await reconnect()
  expect(sent).toEqual([])
})

test('without a network the page is offline, and with it again it connects and sends at once', async () => {
  const { replica: shown, server, sent } = visit({}, () => Promise.reject(new TaskwireError('unreachable')))
  await moment()
  page.dispatch('offline')
  expect(shown.snapshot().connection).toBe('offline')
  shown.write(null, { kind: 'create', fields: { title: 'New' } })
  await moment()
  expect([sent.length, server.followed.length]).toEqual([1, 1])
  page.dispatch('online')
  await moment()
  expect([sent.length, server.followed.length]).toEqual([2, 2])
  expect(server.followed.map(({ signal }) => signal?.aborted)).toEqual([true, false])
})

test('tasks that cannot be loaded are a failure until a retry that loads them', async () => {
  const { replica: shown, server } = visit()
  const failure = new TaskwireError('not_found')
  let isBroken = true
  Object.defineProperty(server, 'tasks', {
    get() {
      if (isBroken) throw failure
      return [taskWith()]
    },
  })
  await moment()
  expect(shown.snapshot()).toMatchObject({ phase: 'failed', failure, connection: 'offline' })
  isBroken = false
  shown.retry()
  expect(shown.snapshot().phase).toBe('loading')
  await moment()
  expect(shown.snapshot()).toMatchObject({ phase: 'ready', connection: 'live', tasks: [{ title: 'Call' }] })
})

test('tasks that are shown already stay where the log cannot be followed', async () => {
  const refused = async function* () {
    yield* []
    throw new TaskwireError('not_found')
  }
  const { replica: shown } = visit({ tasks: [taskWith()], streams: [refused] })
  await moment()
  expect(shown.snapshot()).toMatchObject({ phase: 'ready', connection: 'offline', tasks: [{ title: 'Call' }] })
})

test('an accepted creation has its id, and keeps the key of its row', async () => {
  const created = taskWith({ id: 57, title: 'New' })
  const accepted: unknown[] = []
  const { replica: shown } = visit({}, async () => created, { onAccepted: (write) => accepted.push(write.task_id) })
  await moment()
  const { task_id } = shown.write(null, { kind: 'create', fields: { title: 'New' } })
  expect(shown.task(task_id)?.id).toBe(task_id)
  await moment()
  expect(shown.snapshot()).toMatchObject({ tasks: [{ id: 57 }], waiting: [] })
  expect([shown.task(task_id)?.id, shown.rowKey(57), ...accepted]).toEqual([57, task_id, task_id])
})

test('an accepted deletion removes the task, before the log tells of it', async () => {
  const { replica: shown } = visit({ tasks: [taskWith()] }, async () => taskWith({ version: 2 }))
  await moment()
  shown.write(1, { kind: 'delete' })
  await moment()
  expect(shown.snapshot()).toMatchObject({ tasks: [], waiting: [] })
})

test('an accepted undo of a completion removes the next occurrence at once', async () => {
  const [done, next] = [taskWith({ completed: true, next_task_id: 2, version: 2 }), taskWith({ id: 2 })]
  const { replica: shown } = visit({ tasks: [done, next] }, async () => changeOf(9, done, taskWith({ version: 3 })))
  await moment()
  shown.write(1, { kind: 'undo', seq: 5, before: taskWith(), removes: 2 })
  await moment()
  expect(shown.snapshot()).toMatchObject({ tasks: [{ id: 1, completed: false, version: 3 }], waiting: [] })
})

test('an answer to a write connects at once where the log was lost, but not while it is live', async () => {
  const answers = [async () => taskWith({ version: 2 })]
  const { replica: shown, server } = visit({ tasks: [taskWith()] }, answers[0])
  await moment()
  shown.write(1, { kind: 'edit', fields: { title: 'One' } }, taskWith())
  await moment()
  expect(server.followed).toHaveLength(1)
  page.dispatch('offline')
  shown.write(1, { kind: 'edit', fields: { title: 'Two' } }, taskWith())
  await moment()
  expect(server.followed).toHaveLength(2)
})

test('a refused write is told with its reason, and shown no more', async () => {
  const refusal = new TaskwireError('validation_failed')
  const { replica: shown, rejected } = visit({ tasks: [taskWith()] }, () => Promise.reject(refusal))
  await moment()
  shown.write(1, { kind: 'edit', fields: { title: 'x' } }, taskWith())
  expect(titles(shown)).toEqual(['x'])
  await moment()
  expect([rejected, titles(shown)]).toEqual([[refusal], ['Call']])
})

test('a refused token is told once for each call, and the write waits', async () => {
  let signedOut = 0
  const { replica: shown } = visit({ tasks: [taskWith()] }, () => Promise.reject(new TaskwireError('token_expired')), {
    onSignedOut: () => signedOut++,
  })
  await moment()
  shown.write(1, { kind: 'complete' })
  await moment()
  expect([signedOut, shown.snapshot().waiting.length]).toEqual([1, 1])
})

/** A log to which changes are added while it is followed. */
function growingLog() {
  let add: (change: Change) => void = () => {}
  async function* stream({ signal, onConnection }: Parameters<typeof openStream>[0]) {
    onConnection?.(true)
    while (signal?.aborted !== true) {
      const { promise, resolve } = Promise.withResolvers<Change | undefined>()
      add = resolve
      signal?.addEventListener('abort', () => resolve(undefined))
      const change = await promise
      if (change !== undefined) yield change
    }
  }
  const tell = async (change: Change) => {
    add(change)
    await moment()
  }
  return { stream, tell }
}

test('what arrives after a frame is shown in the next one', async () => {
  const { stream, tell } = growingLog()
  const task = taskWith()
  const { replica: shown } = visit({ tasks: [task], streams: [stream] })
  await moment()
  for (const version of [2, 3]) {
    await tell(changeOf(version, task, taskWith({ version, title: `Call ${version}` })))
    await moment(16)
    expect(titles(shown)).toEqual([`Call ${version}`])
  }
})

test("another's task of the title of a new one is shown once the new one is refused", async () => {
  const { stream, tell } = growingLog()
  const { promise, reject } = Promise.withResolvers<never>()
  const { replica: shown } = visit({ streams: [stream] }, () => promise)
  await moment()
  shown.write(null, { kind: 'create', fields: { title: 'New' } })
  await moment()
  await tell(changeOf(2, null, taskWith({ id: 57, title: 'New' })))
  reject(new TaskwireError('validation_failed'))
  await moment(16)
  expect(shown.snapshot().tasks.map(({ id }) => id)).toEqual([57])
})

test('an accepted write is saved in this browser before the log tells of it', async () => {
  const saved: number[] = []
  const database: LocalDatabase = {
    ...nothingStored,
    saveTasks: async ({ put }) => put.forEach(({ version }) => saved.push(version)) === undefined,
  }
  const { replica: shown } = visit({ tasks: [taskWith()] }, async () => taskWith({ version: 2 }), { database })
  await moment(100)
  shown.write(1, { kind: 'edit', fields: { title: 'One' } }, taskWith())
  await moment(100)
  expect(saved).toEqual([2])
})

test('what waits for a busy server is sent as soon as the connection is back', async () => {
  const lost = async function* () {
    yield* []
    throw new TaskwireError('unreachable')
  }
  const busy = () => Promise.reject(new TaskwireError('overloaded', { retryAfter: 60 }))
  const { replica: shown, sent } = visit({ streams: [lost, live()] }, busy)
  await moment()
  shown.write(null, { kind: 'create', fields: { title: 'New' } })
  await moment(2_999)
  expect(sent).toHaveLength(1)
  await moment(1)
  expect(sent).toHaveLength(2)
})

/** A task whose edit contradicts the server's. */
async function conflicting(options: Partial<ReplicaOptions> = {}) {
  const [base, current] = [taskWith(), taskWith({ title: 'theirs', description: 'theirs too', version: 4 })]
  const data = { code: 'PRECONDITION_FAILED', httpStatus: 412, reason: 'version_mismatch', current } as const
  const shape = { message: 'changed', code: -32012, data } as const
  let isRefused = true
  const answer = async () => {
    if (isRefused) throw new TaskwireError('version_mismatch', { shape })
    return taskWith({ title: 'mine', version: 5 })
  }
  const opened = visit({ tasks: [base] }, answer, options)
  await moment()
  opened.replica.write(1, { kind: 'edit', fields: { title: 'mine' } }, base)
  await moment()
  isRefused = false
  const [write] = opened.replica.snapshot().waiting
  if (write?.conflict === undefined) throw new Error('there is no conflict')
  return { ...opened, write }
}

test("the user's choice of their own version is sent over the server's, under another key", async () => {
  const { replica: shown, sent, write } = await conflicting()
  shown.resolveConflict(write, 'mine')
  expect(shown.snapshot().tasks).toMatchObject([{ title: 'mine', description: 'theirs too' }])
  await moment()
  expect(sent.at(-1)).toEqual([
    'update',
    { task_id: 1, title: 'mine', if_version: 4, idempotency_key: `${write.key}+` },
  ])
  expect(shown.snapshot()).toMatchObject({ tasks: [{ title: 'mine', version: 5 }], waiting: [] })
})

test("the user's choice of the server's version drops the write, and tells of it", async () => {
  const discarded: unknown[] = []
  const { replica: shown, sent, write } = await conflicting({ onDiscarded: ({ key }) => discarded.push(key) })
  shown.resolveConflict(write, 'theirs')
  await moment()
  expect([discarded, sent.length, shown.snapshot().waiting]).toEqual([[write.key], 1, []])
})

test('writes that are made together are one call, and one alone has no group', async () => {
  const { replica: shown, sent } = visit({ tasks: [taskWith(), taskWith({ id: 2 })] })
  await moment()
  const [alone] = shown.writeAll([[1, { kind: 'complete' }]])
  expect(alone).not.toHaveProperty('group')
  expect(shown.cancel(alone ?? writeOf(taskWith(), { kind: 'complete' }))).toBe(false)
  const together = shown.writeAll([
    [1, { kind: 'reopen' }],
    [2, { kind: 'complete' }],
  ])
  expect(new Set(together.map(({ group }) => group)).size).toBe(1)
  expect(together[0]?.group).toBeDefined()
  expect(sent).toHaveLength(1)
})

const recurrence = {
  rule: 'FREQ=DAILY',
  mode: 'schedule',
  occurrence: '2026-01-01',
  count: 1,
} as unknown as NonNullable<Task['recurrence']>

test('completing a recurring task names its next occurrence, in its zone or that of the user', async () => {
  const tasks = [
    taskWith({ id: 1, due_date: '2026-01-01', recurrence }),
    taskWith({ id: 2, due_date: '2026-01-01', due_zone: 'Asia/Tokyo', recurrence }),
    taskWith({ id: 3, due_date: '2026-01-01', recurrence, completed: true }),
    taskWith({ id: 4 }),
  ]
  const { replica: shown } = visit({ tasks }, undefined, { zone: () => 'Europe/Berlin' })
  await moment()
  const next = tasks.map(({ id }) => {
    const { intent } = shown.write(id, { kind: 'complete' })
    return intent.kind === 'complete' ? intent.next : undefined
  })
  expect(next).toEqual([
    { id: expect.any(Number), zone: 'Europe/Berlin' },
    { id: expect.any(Number), zone: 'Asia/Tokyo' },
    undefined,
    undefined,
  ])
  expect(next[0]?.id).toBeLessThan(0)
})

test('reminders that fire are told', async () => {
  const told: unknown[] = []
  const reminder = { task_id: 1, title: 'Call' } as never
  const stream = (options: Parameters<typeof openStream>[0]) => {
    options.onReminder?.(reminder)
    return openStream(options)
  }
  visit({ streams: [stream] }, undefined, { onReminder: (fired) => told.push(fired) })
  await moment()
  expect(told).toEqual([reminder])
})
