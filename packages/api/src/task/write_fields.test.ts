import { afterAll, describe, expect, test } from 'vitest'
import type { Services } from '../core/services.ts'
import { apiErrorOf, newUser, testServices } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)
const { sql } = api.services

/** Services of which every statement with this in its name is followed by `then`. */
function raced(name: string, then: () => Promise<unknown>): Services {
  return {
    ...api.services,
    sql: async (statement) => {
      const rows = await sql<never>(statement)
      if (statement.name?.startsWith(name) === true) await then()
      return rows
    },
  }
}

const weekly = { title: 'Rent', due_date: '2026-12-01', recurrence: { rule: 'FREQ=WEEKLY' } }

describe('a write on a task that is read first', () => {
  /** A user, a recurring task, and services through which so many other writes come after its reading. */
  async function racedTask(others: number) {
    const user_id = newUser()
    const { id: task_id } = await api.caller(user_id).task.create(weekly)
    const counted = { reads: 0 }
    const between = async () => {
      if (counted.reads++ >= others) return
      await sql({ text: 'UPDATE taskwire.task SET title = title WHERE id = $1', values: [task_id] })
    }
    const { task } = api.caller(user_id, { services: raced('task_in_series', between) })
    return { task, task_id, counted }
  }

  test('goes on where twenty others come between', async () => {
    for (const name of ['complete', 'skip'] as const) {
      const { task, task_id } = await racedTask(20)
      expect(await task[name]({ task_id })).toMatchObject({ version: 22 })
    }
  })

  test('is refused where others come between without an end', async () => {
    const { task, task_id, counted } = await racedTask(1000)
    expect(await apiErrorOf(task.skip({ task_id }))).toMatchObject({ reason: 'overloaded' })
    // Five attempts, each of which also reads the task to say why it failed.
    expect(counted.reads).toBe(5 * 22)
  })

  test('is judged by the dates that the task has when it is written', async () => {
    const user_id = newUser()
    const { task } = api.caller(user_id)
    const { id: task_id } = await task.create({ title: 'Rent', due_date: '2026-12-01' })
    let isFirst = true
    const clear = async () => {
      if (!isFirst) return
      isFirst = false
      await task.update({ task_id, due_date: null })
    }
    const late = api.caller(user_id, { services: raced('task_in_series', clear) })
    const { details } = await apiErrorOf(late.task.update({ task_id, due_time: '10:00' }))
    expect(details.fields).toMatchObject([{ loc: ['due_time'], msg: 'Needs due_date' }])
    expect(await task.get({ task_id })).toMatchObject({ due_date: null, due_time: null, version: 2 })
  })

  test('keeps what others have changed meanwhile of other fields', async () => {
    const user_id = newUser()
    const { task } = api.caller(user_id)
    const { id: task_id } = await task.create({ title: 'Rent', due_date: '2026-12-01' })
    const rename = () => task.update({ task_id, title: 'Rent!' })
    const late = api.caller(user_id, { services: raced('task_in_series', rename) })
    expect(await late.task.update({ task_id, due_time: '10:00' })).toMatchObject({ title: 'Rent!', due_time: '10:00' })
  })
})

describe('for a client that does not know the rules', () => {
  function oldClient(services = api.services) {
    const ignored: (readonly string[])[] = []
    const { task } = api.caller(newUser(), { services, onIgnored: (names) => ignored.push(names) })
    return { task, ignored }
  }

  test('what breaks one is left out of a new task and of an update, and told once', async () => {
    const { task, ignored } = oldClient()
    const created = await task.create({ title: 'Rent', due_time: '10:00', reminders: ['PT30M'] })
    expect(created).toMatchObject({ due_time: null, reminders: [] })
    expect(await task.update({ task_id: created.id, title: 'Pay', due_zone: 'UTC' })).toMatchObject({
      title: 'Pay',
      due_zone: null,
      version: 2,
    })
    expect(ignored).toEqual([['due_time', 'reminders'], ['due_zone']])
  })

  test('what breaks none is written as it is', async () => {
    const { task, ignored } = oldClient()
    const { id: task_id } = await task.create({ title: 'Rent', due_date: '2026-12-01', due_time: '10:00' })
    expect(await task.update({ task_id, due_zone: 'UTC' })).toMatchObject({ due_zone: 'UTC' })
    expect(ignored.flat()).toEqual([])
  })
})

test('no call failed with an unexpected error', () => {
  expect(api.logged.filter(({ message }) => message !== 'The server is overloaded')).toEqual([])
})
