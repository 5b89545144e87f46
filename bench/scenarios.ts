import type { User } from './fill.ts'
import type { Request } from './load.ts'

/** A scenario to measure: requests of one kind, for users with 20 tasks each. */
export interface Scenario {
  readonly name: string
  readonly transport: 'rest' | 'trpc'
  /** The scenario of the reference server to compare with. */
  readonly against: string
  readonly requests: (users: readonly User[], writers: readonly User[]) => Request[]
}

const body = JSON.stringify({ title: 'Buy groceries', description: 'Milk, bread and something green' })
const bearer = ({ token }: User) => ({ authorization: `Bearer ${token}` })
const json = (user: User) => ({ ...bearer(user), 'content-type': 'application/json' })
const path = (user: User) => `/api/${user.id}/tasks`
const query = (input: object) => encodeURIComponent(JSON.stringify(input))

const eachTask = (users: readonly User[], request: (user: User, task: number) => Request) =>
  users.flatMap((user) => user.tasks.map((task) => request(user, task)))

export const scenarios: readonly Scenario[] = [
  {
    name: 'get one',
    transport: 'rest',
    against: 'get one',
    requests: (users) =>
      eachTask(users, (user, task) => ({ method: 'GET', path: `${path(user)}/${task}`, headers: bearer(user) })),
  },
  {
    name: 'list of 20',
    transport: 'rest',
    against: 'list of 20',
    requests: (users) => users.map((user) => ({ method: 'GET', path: path(user), headers: bearer(user) })),
  },
  {
    name: 'create',
    transport: 'rest',
    against: 'create',
    // These users are separate, so the lists of the others stay at 20.
    requests: (_, writers) => writers.map((user) => ({ method: 'POST', path: path(user), headers: json(user), body })),
  },
  {
    name: 'toggle',
    transport: 'rest',
    against: 'toggle',
    requests: (users) =>
      eachTask(users, (user, task) => ({
        method: 'PATCH',
        path: `${path(user)}/${task}/complete`,
        headers: bearer(user),
      })),
  },
  {
    name: 'get one (tRPC)',
    transport: 'trpc',
    against: 'get one',
    requests: (users) =>
      eachTask(users, (user, task_id) => ({
        method: 'GET',
        path: `/trpc/task.get?input=${query({ task_id })}`,
        headers: bearer(user),
      })),
  },
  {
    name: 'list of 20 (tRPC)',
    transport: 'trpc',
    against: 'list of 20',
    requests: (users) =>
      users.map((user) => ({ method: 'GET', path: `/trpc/task.list?input=${query({})}`, headers: bearer(user) })),
  },
  {
    name: 'create (tRPC)',
    transport: 'trpc',
    against: 'create',
    requests: (_, writers) =>
      writers.map((user) => ({ method: 'POST', path: '/trpc/task.create', headers: json(user), body })),
  },
]
