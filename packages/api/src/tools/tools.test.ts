import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Context } from '../core/context.ts'
import { operations } from '../core/operations.ts'
import { appRouter } from '../router.ts'
import { newUser, apiErrorOf, testServices, type TestServices } from '../../testing/services.ts'
import { publishedFields } from '../task/published_fields.ts'
import { agentErrorMessage } from './agent_error.ts'
import { tools, toolSchema, toolsFor, type Tool } from './tools.ts'

let fixture: TestServices
beforeAll(async () => {
  fixture = await testServices()
})
afterAll(() => fixture.close())

const all = tools(operations(appRouter))

function tool(name: string): Tool {
  const found = all.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no tool ${name}`)
  return found
}

/** Calls tools as one user, by default over MCP. */
async function agent(user_id: string, overrides: Partial<Context> = {}) {
  const ctx = await fixture.context(user_id, { via: 'mcp', ...overrides })
  return (name: string, args: unknown = {}) => tool(name).run(ctx, args)
}

async function added(call: Awaited<ReturnType<typeof agent>>, title: string): Promise<number> {
  return Number((await call('add_task', { title }))['task_id'])
}

describe('the list of tools', () => {
  test('has the tools of the contract, always in the same order', () => {
    expect(
      all.map(({ name, readOnly, destructive, removes, idempotent }) => [
        name,
        { readOnly, destructive, removes, idempotent },
      ]),
    ).toEqual([
      ['list_tasks', { readOnly: true, destructive: false, removes: false, idempotent: true }],
      ['change_tasks', { readOnly: false, destructive: true, removes: true, idempotent: false }],
      ['get_task', { readOnly: true, destructive: false, removes: false, idempotent: true }],
      ['add_task', { readOnly: false, destructive: false, removes: false, idempotent: false }],
      ['quick_add', { readOnly: false, destructive: false, removes: false, idempotent: false }],
      ['update_task', { readOnly: false, destructive: true, removes: false, idempotent: true }],
      ['complete_task', { readOnly: false, destructive: false, removes: false, idempotent: true }],
      ['reopen_task', { readOnly: false, destructive: false, removes: false, idempotent: true }],
      ['delete_task', { readOnly: false, destructive: true, removes: true, idempotent: true }],
      ['undo', { readOnly: false, destructive: true, removes: true, idempotent: false }],
    ])
  })

  test('has exactly the arguments of the contract', () => {
    const write = ['if_version', 'idempotency_key', 'user_id']
    const added = Object.entries(publishedFields).flatMap(([name, field]) =>
      field.added && field.settable ? [name] : [],
    )
    const args = Object.fromEntries(all.map(({ name, input }) => [name, Object.keys(input.shape)]))
    expect(args).toEqual({
      list_tasks: ['search', 'due', 'tags', 'priority', 'cursor', 'status', 'sort', 'limit', 'details', 'user_id'],
      get_task: ['task_id', 'history', 'user_id'],
      change_tasks: ['task_ids', 'do', 'set', 'idempotency_key', 'user_id'],
      add_task: ['title', 'description', ...added, 'idempotency_key', 'user_id'],
      quick_add: ['text', 'dry_run', 'idempotency_key', 'user_id'],
      update_task: ['task_id', 'title', 'description', ...added, ...write],
      complete_task: ['task_id', ...write],
      reopen_task: ['task_id', ...write],
      delete_task: ['task_id', ...write],
      undo: ['seq', ...write],
    })
    for (const { input } of all)
      expect(toolSchema(input)).toMatchObject({ type: 'object', additionalProperties: false })
  })

  test('shows a read-only principal only the tools that read', () => {
    const principal = {
      user_id: 'alice',
      kind: 'api_key',
      actor: null,
      email: null,
      name: null,
      expires_at: null,
    } as const
    expect(toolsFor({ ...principal, scope: 'read' }, all).map(({ name }) => name)).toEqual(['list_tasks', 'get_task'])
    expect(toolsFor({ ...principal, scope: 'write' }, all)).toEqual(all)
  })
})

describe('a tool', () => {
  test('runs its operation and returns the result in the shape of the contract', async () => {
    const user = newUser()
    const call = await agent(user)
    const created = await call('add_task', { title: '  Buy milk ', description: 'two' })
    const task_id = Number(created['task_id'])
    expect(created).toEqual({ task_id, status: 'created', title: 'Buy milk', version: 1, seq: 1 })
    const answers = [
      [await call('complete_task', { task_id }), 'completed', 'Buy milk'],
      [await call('complete_task', { task_id }), 'completed', 'Buy milk'],
      [await call('reopen_task', { task_id }), 'reopened', 'Buy milk'],
      [await call('update_task', { task_id, title: 'Buy bread' }), 'updated', 'Buy bread'],
      [await call('delete_task', { task_id }), 'deleted', 'Buy bread'],
      [await call('undo'), 'undone', 'Buy bread'],
    ] as const
    for (const [index, [answer, status, title]] of answers.entries()) {
      // A deletion answers the task as it was.
      const version = status === 'deleted' ? index + 1 : index + 2
      expect(answer).toMatchObject({ task_id, status, title, version, seq: index + 2 })
    }
    const { tasks, next_cursor } = await call('list_tasks')
    expect(tasks).toEqual([{ id: task_id, title: 'Buy bread', version: 7, completed: false, description: 'two' }])
    expect(next_cursor).toBeNull()
    const { items } = await fixture.caller(user).task.history({ task_id })
    expect(items.every(({ via }) => via === 'mcp')).toBe(true)
  })

  test('returns results that match its output schema', async () => {
    const call = await agent(newUser())
    const task_id = await added(call, 'x')
    const args: Record<string, object> = {
      list_tasks: {},
      add_task: { title: 'y' },
      quick_add: { text: 'y tomorrow' },
      change_tasks: { task_ids: [task_id], do: 'complete' },
      undo: {},
    }
    for (const { name, output } of all) {
      expect(output.safeParse(await call(name, args[name] ?? { task_id })).success).toBe(true)
    }
  })

  test('change_tasks changes several tasks or none, and one undo takes it back', async () => {
    const user = newUser()
    const call = await agent(user)
    const [a, b] = [await added(call, 'a'), await added(call, 'b')]
    const set = { priority: 'high', due_date: '2099-05-01', add_tags: ['Shop'] }
    expect(await call('change_tasks', { task_ids: [a, b, a], do: 'update', set })).toEqual({
      tasks: [
        { id: a, title: 'a', version: 2, completed: false },
        { id: b, title: 'b', version: 2, completed: false },
      ],
      first_seq: 3,
      last_seq: 4,
    })
    const failed = await apiErrorOf(call('change_tasks', { task_ids: [a, 2_000_000_000], do: 'delete' }))
    expect(failed).toMatchObject({ reason: 'task_not_found', details: { index: 1 } })
    await call('change_tasks', { task_ids: [b, a], do: 'delete' })
    expect(await call('list_tasks')).toMatchObject({ tasks: [] })
    expect(await call('undo')).toMatchObject({
      status: 'undone',
      undone: [
        { seq: 6, task_id: a, kind: 'deleted' },
        { seq: 5, task_id: b, kind: 'deleted' },
      ],
    })
    expect(await call('undo')).toMatchObject({ undone: [{ seq: 4 }, { seq: 3 }] })
    expect(await fixture.caller(user).task.get({ task_id: a })).toMatchObject({ priority: null, tags: [], version: 5 })
    for (const wrong of [{ do: 'update' }, { do: 'complete', set }, { do: 'update', set: { colour: 'red' } }]) {
      expect(await apiErrorOf(call('change_tasks', { task_ids: [a], ...wrong }))).toMatchObject({
        reason: 'validation_failed',
      })
    }
  })

  test('quick_add answers what it understood, and adds nothing in a dry run', async () => {
    const call = await agent(newUser())
    const text = 'Call Ann 2027-05-04 17:00 #work !1'
    const understood = { priority: 'high', tags: ['work'], due_date: '2027-05-04', due_time: '17:00' }
    expect(await call('quick_add', { text, dry_run: true })).toEqual({
      status: 'previewed',
      title: 'Call Ann',
      understood,
    })
    expect(await call('list_tasks')).toMatchObject({ tasks: [] })
    const task_id: unknown = expect.any(Number)
    expect(await call('quick_add', { text })).toEqual({
      task_id,
      status: 'created',
      title: 'Call Ann',
      version: 1,
      seq: 1,
      understood,
    })
    expect(await call('list_tasks')).toMatchObject({ tasks: [{ title: 'Call Ann', ...understood }] })
  })

  test('complete_task names the task that follows a recurring one, and its day', async () => {
    const call = await agent(newUser())
    const due_date = '2030-01-01'
    const { task_id } = await call('add_task', { title: 'Rent', due_date, recurrence: { rule: 'FREQ=WEEKLY' } })
    const completed = await call('complete_task', { task_id, idempotency_key: 'k' })
    expect(completed).toEqual({
      task_id,
      status: 'completed',
      title: 'Rent',
      version: 2,
      seq: 2,
      next_task_id: Number(task_id) + 1,
      next_due_date: '2030-01-08',
    })
    await call('update_task', { task_id, title: 'Rent!' })
    expect(await call('complete_task', { task_id, idempotency_key: 'k' })).toEqual(completed)
    expect(await call('complete_task', { task_id })).toEqual({
      task_id,
      status: 'completed',
      title: 'Rent!',
      version: 4,
      seq: 5,
    })
  })

  test('list_tasks filters by status, searches and returns pages', async () => {
    const call = await agent(newUser())
    const first = await added(call, 'one apple')
    await added(call, 'two pears')
    await added(call, 'three apples')
    await call('complete_task', { task_id: first })
    const titles = async (args: object) => {
      const { tasks } = tool('list_tasks').output.parse(await call('list_tasks', args))
      return (tasks as { title: string }[]).map(({ title }) => title)
    }
    expect(await titles({ status: 'pending' })).toEqual(['three apples', 'two pears'])
    expect(await titles({ status: 'completed' })).toEqual(['one apple'])
    expect(await titles({ status: 'all', search: 'APPLE' })).toEqual(['three apples', 'one apple'])
    const { next_cursor } = await call('list_tasks', { limit: 2 })
    expect(await titles({ limit: 2, cursor: next_cursor })).toEqual(['one apple'])
  })

  test('a retry with the same idempotency key has no further effect and gets the same result', async () => {
    const call = await agent(newUser())
    const args = { title: 'once', idempotency_key: 'k' }
    expect(await call('add_task', args)).toEqual(await call('add_task', args))
    expect((await call('list_tasks'))['tasks']).toHaveLength(1)
    expect(await apiErrorOf(call('add_task', { ...args, title: 'other' }))).toMatchObject({
      reason: 'idempotency_key_reused',
    })
  })

  test('a retry that comes after many other changes of the task still names its own', async () => {
    const call = await agent(newUser())
    const args = { title: 'once', idempotency_key: 'k' }
    const first = await call('add_task', args)
    for (let i = 0; i < 8; i++) await call('update_task', { task_id: first['task_id'], title: `title ${i}` })
    expect(await call('add_task', args)).toMatchObject({ task_id: first['task_id'], seq: first['seq'], version: 1 })
  })

  test('a retry that comes after the task was deleted names its own change, and the deletion its own', async () => {
    const call = await agent(newUser())
    const args = { title: 'once', idempotency_key: 'k' }
    const first = await call('add_task', args)
    const deletion = { task_id: first['task_id'], idempotency_key: 'd' }
    const deleted = await call('delete_task', deletion)
    expect([first['seq'], deleted['seq']]).toEqual([1, 2])
    expect(await call('add_task', args)).toEqual(first)
    expect(await call('delete_task', deletion)).toEqual(deleted)
  })

  test('a call of the procedure can be a retry of a tool call', async () => {
    const user = newUser()
    const call = await agent(user)
    const { id } = await fixture.caller(user).task.create({ title: 'shared', idempotency_key: 'k' })
    expect(await call('add_task', { title: 'shared', idempotency_key: 'k' })).toMatchObject({ task_id: id })
  })
})

describe('the errors of a tool', () => {
  test.each([
    ['add_task', { title: 'x', completed: true }, 'completed'],
    ['list_tasks', { order: 'asc' }, 'order'],
    ['list_tasks', { completed: true }, 'completed'],
    ['update_task', { task_id: 1, completed: true }, 'completed'],
    ['complete_task', { task_id: 1, force: true }, 'force'],
    ['undo', { task_id: 1 }, 'task_id'],
  ])('%s rejects the unknown argument in %j', async (name, args, field) => {
    const call = await agent(newUser())
    const error = await apiErrorOf(call(name, args))
    expect(error.reason).toBe('validation_failed')
    expect(error.details.fields).toMatchObject([{ type: 'unknown_field', loc: [field] }])
  })

  test.each([
    ['list_tasks', { status: 'trash' }],
    ['list_tasks', { limit: 201 }],
    ['list_tasks', { cursor: 'made up' }],
    ['add_task', { title: ' ' }],
    ['add_task', {}],
    ['add_task', null],
    ['add_task', 'Buy milk'],
    ['add_task', [{ title: 'x' }]],
    ['add_task', { title: 'x', user_id: null }],
    ['complete_task', { task_id: 'one' }],
    ['complete_task', { task_id: '1.5' }],
    ['complete_task', { task_id: '' }],
    ['complete_task', { task_id: 1.5 }],
    ['change_tasks', { task_ids: '12', do: 'complete' }],
  ])('%s rejects %j as invalid', async (name, args) => {
    const call = await agent(newUser())
    expect(await apiErrorOf(call(name, args))).toMatchObject({ reason: 'validation_failed' })
  })

  test('report missing authorization before invalid arguments', async () => {
    const nobody = await agent('x', { token: undefined })
    const stranger = await agent(newUser())
    for (const { name } of all) {
      for (const args of [{ nonsense: true }, { task_id: 1 }, null]) {
        expect(await apiErrorOf(nobody(name, args))).toMatchObject({ reason: 'not_authenticated' })
      }
      expect(await apiErrorOf(stranger(name, { nonsense: true, user_id: 'alice' }))).toMatchObject({
        reason: 'user_mismatch',
      })
    }
  })

  test('do not reject your own user id as an argument', async () => {
    const user = newUser()
    const call = await agent(user)
    expect(await call('add_task', { title: 'mine', user_id: user })).toMatchObject({ status: 'created' })
  })

  test('a read-only principal cannot write', async () => {
    const user_id = newUser()
    const principal = {
      user_id,
      kind: 'api_key',
      scope: 'read',
      actor: null,
      email: null,
      name: null,
      expires_at: null,
    } as const
    const call = await agent(user_id, { principal })
    for (const { name, readOnly } of all) {
      if (name === 'list_tasks') await call(name)
      else if (readOnly)
        expect(await apiErrorOf(call(name, { task_id: 1 }))).toMatchObject({ reason: 'task_not_found' })
      else expect(await apiErrorOf(call(name, { nonsense: true }))).toMatchObject({ reason: 'scope_insufficient' })
    }
  })

  test('a task of another user, a deleted and an absent one are not found', async () => {
    const mine = await agent(newUser())
    const theirs = await added(await agent(newUser()), 'theirs')
    const deleted = await added(mine, 'gone')
    await mine('delete_task', { task_id: deleted })
    for (const name of ['get_task', 'complete_task', 'reopen_task', 'update_task', 'delete_task']) {
      for (const task_id of [theirs, deleted, String(theirs), 2_147_483_647, 3_000_000_000, '3000000000']) {
        expect(await apiErrorOf(mine(name, { task_id }))).toMatchObject({ reason: 'task_not_found' })
      }
    }
  })

  test('carry the code and a message that says what to do', async () => {
    const call = await agent(newUser())
    const task_id = await added(call, 'x')
    await call('update_task', { task_id, title: 'y' })
    const stale = agentErrorMessage(await apiErrorOf(call('update_task', { task_id, title: 'z', if_version: 1 })))
    expect(stale.structured).toMatchObject({
      code: 'version_mismatch',
      current: { id: task_id, title: 'y', version: 2 },
    })
    expect(stale.text).toContain('"version":2')
    const unknown = agentErrorMessage(await apiErrorOf(call('complete_task', { task_id: 2_000_000_000 })))
    expect(unknown.structured).toEqual({ code: 'task_not_found', detail: 'Task not found' })
    expect(unknown.text).toBe(
      'Task not found (task_not_found). Call list_tasks to find the task_id; if the task is not there, tell the user.',
    )
    const invalid = agentErrorMessage(await apiErrorOf(call('add_task', { titel: 'x' })))
    expect(invalid.text).toContain('titel: There is no field titel; use title. Correct these arguments and call again.')
  })
})

describe('an unknown argument', () => {
  test.each([
    ['add_task', { title: 'x', due: 'tomorrow' }, 'due', 'use due_date'],
    ['add_task', { title: 'x', dueDate: '2027-01-01' }, 'dueDate', 'use due_date'],
    ['add_task', { name: 'x' }, 'name', 'use title'],
    ['add_task', { title: 'x', notes: 'y' }, 'notes', 'use description'],
    ['add_task', { title: 'x', remind: ['PT5M'] }, 'remind', 'use reminders'],
    ['add_task', { title: 'x', recurrence: { rrule: 'FREQ=DAILY' } }, 'rrule', 'use rule'],
    ['add_task', { title: 'x', completed: true }, 'completed', 'use complete_task or reopen_task, or status to list'],
    ['list_tasks', { due_date: '2027-01-01' }, 'due_date', 'use due'],
    ['list_tasks', { query: 'milk' }, 'query', 'use search'],
    ['complete_task', { id: 1 }, 'id', 'use task_id'],
    ['change_tasks', { task_id: 1, do: 'complete' }, 'task_id', 'use task_ids'],
    ['change_tasks', { task_ids: [1], do: 'update', set: { tags: ['a'] } }, 'tags', 'use add_tags'],
    ['undo', { colour: 'red' }, 'colour', 'there are seq, if_version, idempotency_key'],
    ['undo', { constructor: 1 }, 'constructor', 'there are seq, if_version, idempotency_key'],
  ])('of %s in %j is answered with what there is', async (name, args, field, advice) => {
    const call = await agent(newUser())
    const { details } = await apiErrorOf(call(name, args))
    expect(details.fields?.map(({ msg }) => msg)).toContain(`There is no field ${field}; ${advice}`)
  })
})

describe('ids as text', () => {
  test('are taken as the numbers that they are', async () => {
    const call = await agent(newUser())
    const [a, b] = [await added(call, 'a'), await added(call, 'b')]
    expect(await call('complete_task', { task_id: `${a}` })).toMatchObject({ task_id: a, seq: 3 })
    await call('change_tasks', { task_ids: [`${a}`, `${b}`], do: 'delete' })
    expect(await call('undo', { seq: '3' }).catch(({ reason }: { reason: string }) => reason)).toBe('undo_conflict')
    expect(await call('list_tasks')).toMatchObject({ tasks: [] })
  })
})

describe('get_task', () => {
  test('returns the whole task, and with history its changes with what they changed', async () => {
    const user = newUser()
    const call = await agent(user)
    const task_id = await added(call, 'a')
    await call('update_task', { task_id, title: 'b', priority: 'high' })
    await fixture.caller(user).task.complete({ task_id })
    const task = await fixture.caller(user).task.get({ task_id })
    expect(await call('get_task', { task_id: String(task_id) })).toEqual({ task })
    const { changes } = await call('get_task', { task_id, history: true })
    expect(changes).toMatchObject([
      { seq: 3, kind: 'completed', via: 'trpc', actor: null, after: { completed: true } },
      {
        seq: 2,
        kind: 'updated',
        via: 'mcp',
        before: { title: 'a', priority: null, version: 1 },
        after: { title: 'b', priority: 'high', version: 2 },
      },
      { seq: 1, kind: 'created', before: null, after: { title: 'a' } },
    ])
    for (let i = 0; i < 20; i++) await call('complete_task', { task_id })
    expect((await call('get_task', { task_id, history: true }))['changes']).toHaveLength(20)
  })
})

describe('list_tasks', () => {
  test('leaves out what has no value, and with details nothing', async () => {
    const user = newUser()
    const call = await agent(user)
    const plain = await added(call, 'plain')
    const { task_id } = await call('add_task', { title: 'rich', due_date: '2027-05-04', tags: ['home'] })
    expect(await call('list_tasks')).toEqual({
      tasks: [
        { id: task_id, title: 'rich', version: 1, completed: false, tags: ['home'], due_date: '2027-05-04' },
        { id: plain, title: 'plain', version: 1, completed: false },
      ],
      next_cursor: null,
    })
    const { items } = await fixture.caller(user).task.list({})
    expect(await call('list_tasks', { details: true })).toEqual({ tasks: items, next_cursor: null })
  })

  test('shows the trash', async () => {
    const call = await agent(newUser())
    const task_id = await added(call, 'gone')
    await call('delete_task', { task_id })
    expect(await call('list_tasks', { status: 'deleted' })).toMatchObject({ tasks: [{ id: task_id, title: 'gone' }] })
    expect(await call('list_tasks')).toMatchObject({ tasks: [] })
  })
})

describe('undo without a seq', () => {
  test('over MCP undoes the latest changes made over MCP, one after the other', async () => {
    const user = newUser()
    const call = await agent(user)
    const a = await added(call, 'a')
    await call('complete_task', { task_id: a })
    await fixture.caller(user).task.create({ title: 'elsewhere' })
    expect(await call('undo')).toMatchObject({ task_id: a, status: 'undone', title: 'a', seq: 4 })
    expect(await call('undo')).toMatchObject({ task_id: a, status: 'undone', title: 'a', seq: 5 })
    expect(await apiErrorOf(call('undo'))).toMatchObject({ reason: 'change_not_found' })
    const { items } = await fixture.caller(user).task.list({})
    expect(items.map(({ title }) => title)).toEqual(['elsewhere'])
  })

  test('can undo a change again after its undo was itself undone', async () => {
    const user = newUser()
    const call = await agent(user)
    const task_id = await added(call, 'a')
    await call('update_task', { task_id, title: 'b' })
    await call('undo')
    const { next } = await fixture.caller(user).change.list({})
    await call('undo', { seq: next })
    expect(await fixture.caller(user).task.get({ task_id })).toMatchObject({ title: 'b' })
    expect(await call('undo')).toMatchObject({ title: 'a' })
  })

  test('in a chat undoes the latest change of that conversation', async () => {
    const user = newUser()
    const here = await agent(user, { via: 'chat', conversation_id: 7 })
    const there = await agent(user, { via: 'chat', conversation_id: 8 })
    const task_id = await added(here, 'here')
    await added(there, 'there')
    expect(await here('undo')).toMatchObject({ task_id, status: 'undone', title: 'here', seq: 3 })
    expect(await apiErrorOf(here('undo'))).toMatchObject({ reason: 'change_not_found' })
    expect(await there('undo')).toMatchObject({ title: 'there' })
  })

  test('fails if the task has changed since', async () => {
    const user = newUser()
    const call = await agent(user)
    const task_id = await added(call, 'a')
    await call('update_task', { task_id, title: 'b' })
    await fixture.caller(user).task.update({ task_id, title: 'c' })
    expect(await apiErrorOf(call('undo'))).toMatchObject({ reason: 'undo_conflict' })
  })

  test('retried with its key returns the same result and undoes nothing more', async () => {
    const user = newUser()
    const call = await agent(user)
    const first = await added(call, 'first')
    await added(call, 'second')
    const once = await call('undo', { idempotency_key: 'k' })
    expect(await call('undo', { idempotency_key: 'k' })).toEqual(once)
    expect(await fixture.caller(user).task.get({ task_id: first })).toMatchObject({ title: 'first' })
  })

  test('twenty concurrent undos each undo a different change or fail', async () => {
    const user = newUser()
    const call = await agent(user)
    for (let i = 0; i < 20; i++) await added(call, `task ${i}`)
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => call('undo')))
    const undone = results.flatMap((each) => (each.status === 'fulfilled' ? [each.value['task_id']] : []))
    expect(undone.length).toBeGreaterThan(0)
    expect(new Set(undone).size).toBe(undone.length)
    const { items } = await fixture.caller(user).task.list({})
    expect(items.length).toBe(20 - undone.length)
  })

  test('is a validation error for every other caller', async () => {
    const user = newUser()
    await added(await agent(user), 'a')
    expect(await apiErrorOf(fixture.caller(user).change.undo({}))).toMatchObject({
      reason: 'validation_failed',
      details: { fields: [{ loc: ['seq'] }] },
    })
  })
})
