import type { User } from './fill.ts'
import type { Request } from './load.ts'

/** A scenario to measure: requests of one kind. */
export interface Scenario {
  readonly name: string
  /** Whether the hand-written servers have the same route. */
  readonly shared?: true
  /**
   * What to compare with: this scenario of the hand-written servers. Without it the figure stands alone.
   */
  readonly against?: string
  /** The scenario of ours that reads the same over REST. */
  readonly rest?: string
  readonly requests: (groups: Groups) => Request[]
}

/** Whose requests a scenario sends. */
export interface Groups {
  /** With 20 tasks each, which stay 20. */
  readonly users: readonly User[]
  /** Their tasks grow. */
  readonly writers: readonly User[]
  /** With 50 tasks each; only where a scenario compares transports. */
  readonly holders: readonly User[]
}

const body = JSON.stringify({ title: 'Buy groceries', description: 'Milk, bread and something green' })
const bearer = ({ token }: User) => ({ authorization: `Bearer ${token}` })
const json = (user: User) => ({ ...bearer(user), 'content-type': 'application/json' })
const path = (user: User) => `/api/${user.id}/tasks`
const query = (input: object) => encodeURIComponent(JSON.stringify(input))

/** One request for each task. Requests that follow each other are of different users, as those of a service are. */
function eachTask(users: readonly User[], request: (user: User, task: number) => Request): Request[] {
  const most = Math.max(0, ...users.map(({ tasks }) => tasks.length))
  return Array.from({ length: most }, (_, index) =>
    users.flatMap((user) => user.tasks.slice(index, index + 1).map((task) => request(user, task))),
  ).flat()
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'get one',
    shared: true,
    against: 'get one',
    requests: ({ users }) =>
      eachTask(users, (user, task) => ({ method: 'GET', path: `${path(user)}/${task}`, headers: bearer(user) })),
  },
  {
    name: 'list of 20',
    shared: true,
    against: 'list of 20',
    requests: ({ users }) => users.map((user) => ({ method: 'GET', path: path(user), headers: bearer(user) })),
  },
  {
    name: 'create',
    shared: true,
    against: 'create',
    requests: ({ writers }) => writers.map((user) => ({ method: 'POST', path: path(user), headers: json(user), body })),
  },
  {
    name: 'toggle',
    shared: true,
    against: 'toggle',
    requests: ({ users }) =>
      eachTask(users, (user, task) => ({
        method: 'PATCH',
        path: `${path(user)}/${task}/complete`,
        headers: bearer(user),
      })),
  },
  {
    name: 'get one (tRPC)',
    against: 'get one',
    requests: ({ users }) =>
      eachTask(users, (user, task_id) => ({
        method: 'GET',
        path: `/trpc/task.get?input=${query({ task_id })}`,
        headers: bearer(user),
      })),
  },
  {
    name: 'list of 20 (tRPC)',
    against: 'list of 20',
    requests: ({ users }) =>
      users.map((user) => ({ method: 'GET', path: `/trpc/task.list?input=${query({})}`, headers: bearer(user) })),
  },
  {
    name: 'create (tRPC)',
    against: 'create',
    requests: ({ writers }) =>
      writers.map((user) => ({ method: 'POST', path: '/trpc/task.create', headers: json(user), body })),
  },
  {
    name: 'overdue, 20 of them',
    against: 'list of 20',
    requests: ({ users }) =>
      users.map((user) => ({ method: 'GET', path: `${path(user)}?due=overdue&limit=20`, headers: bearer(user) })),
  },
  {
    name: 'counts',
    requests: ({ users }) =>
      users.map((user) => ({ method: 'GET', path: `${path(user)}/counts`, headers: bearer(user) })),
  },
  {
    name: 'quick add',
    against: 'create',
    requests: ({ writers }) =>
      writers.map((user) => ({
        method: 'POST',
        path: `${path(user)}/quick`,
        headers: json(user),
        body: JSON.stringify({ text: 'Pay rent on 2030-01-01 9:00 every month #home !high' }),
      })),
  },
  {
    name: 'batch of 10 creates',
    requests: ({ writers }) =>
      writers.map((user) => ({
        method: 'POST',
        path: `/api/${user.id}/batch`,
        headers: json(user),
        body: JSON.stringify({
          operations: Array.from({ length: 10 }, () => ({ do: 'create', title: 'Buy groceries' })),
        }),
      })),
  },
  {
    name: 'list of 50',
    rest: 'list of 50',
    requests: ({ holders }) =>
      holders.map((user) => ({ method: 'GET', path: `${path(user)}?limit=50`, headers: bearer(user) })),
  },
  {
    name: 'list of 50 (MCP)',
    rest: 'list of 50',
    requests: ({ holders }) => holders.map((user) => toolCall(user, 'list_tasks', {})),
  },
  {
    name: 'list of 50 (assistant)',
    rest: 'list of 50',
    requests: ({ holders }) =>
      holders.map((user) => ({
        method: 'POST',
        path: `/api/${user.id}/chat`,
        headers: json(user),
        body: JSON.stringify({ message: 'Show my tasks' }),
      })),
  },
  {
    name: 'add_task (MCP)',
    against: 'create',
    requests: ({ writers }) => writers.map((user) => toolCall(user, 'add_task', { title: 'Buy groceries' })),
  },
  {
    name: 'offline assistant adds',
    against: 'create',
    requests: ({ writers }) =>
      writers.map((user) => ({
        method: 'POST',
        path: `/api/${user.id}/chat`,
        headers: json(user),
        body: JSON.stringify({ message: 'Add buy groceries tomorrow' }),
      })),
  },
]

function toolCall(user: User, name: string, args: object): Request {
  const params = { name, arguments: args }
  return {
    method: 'POST',
    path: '/mcp',
    headers: { ...json(user), accept: 'application/json, text/event-stream', 'mcp-protocol-version': '2025-06-18' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params }),
  }
}
