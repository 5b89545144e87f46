import { TaskwireError, type RouterInputs, type Task, type TaskwireClient } from '@taskwire/client'
import type { QueryClient } from '@tanstack/react-query'
import { changeTasks, putTask, refreshLists } from './cache.ts'

/** A task as a write left it, and how to take the write back. */
export interface WrittenTask {
  readonly task: Task
  /** Undoes the write. Throws `undo_conflict` if the task was changed since. */
  readonly undo: () => Promise<void>
}

type Name = 'update' | 'complete' | 'reopen' | 'toggle' | 'delete'
type Input<Of extends Name> = RouterInputs['task'][Of]

/** What `useMutation` takes. */
export interface WriteOptions<Variables> {
  readonly mutationKey: readonly string[]
  readonly mutationFn: (variables: Variables) => Promise<WrittenTask>
  readonly onMutate: (variables: Variables) => { readonly restore: () => void }
  readonly onError: (error: Error, variables: Variables, context: { readonly restore: () => void } | undefined) => void
}

export type TaskWrites = { readonly [Of in Name]: () => WriteOptions<Input<Of>> }

/**
 * Writes on one task that show at once: cached lists and tasks change before the server answers, and change back if it
 * refuses. Each answers with its undo.
 *
 * @example
 * const complete = useMutation(taskWrites(taskwire, queryClient).complete())
 * complete.mutate({ task_id: task.id }, { onSuccess: ({ undo }) => showUndo(undo) })
 */
export function taskWrites(client: TaskwireClient, queryClient: QueryClient): TaskWrites {
  const { update, complete, reopen, toggle } = client.task
  const write =
    <Of extends Name>(name: Of, send: (input: Input<Of>) => Promise<Task>, expected: Expected<Input<Of>>) =>
    () =>
      optimistic<Input<Of>>({ client, queryClient, name, send, expected })
  return {
    update: write(
      'update',
      (input) => update.mutate(input),
      (task, fields) => ({ ...task, ...shown(fields) }),
    ),
    complete: write(
      'complete',
      (input) => complete.mutate(input),
      (task) => ({ ...task, completed: true }),
    ),
    reopen: write(
      'reopen',
      (input) => reopen.mutate(input),
      (task) => ({ ...task, completed: false }),
    ),
    toggle: write(
      'toggle',
      (input) => toggle.mutate(input),
      (task) => ({ ...task, completed: !task.completed }),
    ),
    delete: write(
      'delete',
      (input) => client.task.delete.mutate(input),
      () => undefined,
    ),
  }
}

/** What the cache shows until the server has answered; undefined for a task that is gone. */
type Expected<Variables> = (task: Task, variables: Variables) => Task | undefined

interface Write<Variables> {
  readonly client: TaskwireClient
  readonly queryClient: QueryClient
  readonly name: Name
  readonly send: (variables: Variables) => Promise<Task>
  readonly expected: Expected<Variables>
}

function optimistic<Variables extends { task_id: number }>(write: Write<Variables>): WriteOptions<Variables> {
  const { queryClient, name, send, expected } = write
  return {
    mutationKey: ['taskwire', `task.${name}`],
    async mutationFn(variables) {
      const task = await send(variables)
      if (name !== 'delete') putTask(queryClient, task)
      refresh(queryClient)
      return { task, undo: () => undo(write, task) }
    },
    onMutate: (variables) => ({
      restore: changeTasks(queryClient, (task) => (task.id === variables.task_id ? expected(task, variables) : task)),
    }),
    onError: (_error, _variables, context) => context?.restore(),
  }
}

async function undo<Variables>({ client, queryClient, name }: Write<Variables>, task: Task): Promise<void> {
  const { items } = await client.task.history.query({ task_id: task.id })
  // A deletion answers with the task as it was.
  const change = items.find(({ before, after }) =>
    name === 'delete' ? after === null && before?.version === task.version : after?.version === task.version,
  )
  if (change === undefined) throw new TaskwireError('change_not_found')
  await client.change.undo.mutate({ seq: change.seq })
  refresh(queryClient)
}

function refresh(queryClient: QueryClient): void {
  // The cache reports a failure to those who show the query.
  void refreshLists(queryClient).catch(() => {})
}

/** The fields that an update sets, as far as they are shown before the server has answered. */
function shown(input: Input<'update'>): Partial<Task> {
  return Object.fromEntries(Object.entries(input).filter(([name, value]) => value !== undefined && !HIDDEN.has(name)))
}

/** What is no field of a task, and fields that the server completes. */
const HIDDEN: ReadonlySet<string> = new Set(['task_id', 'if_version', 'idempotency_key', 'recurrence', 'checklist'])
