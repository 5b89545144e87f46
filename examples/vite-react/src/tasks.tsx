import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { TaskwireClient } from '@taskwire/client'
import { taskwireOptions, taskWrites, useLiveTasks } from '@taskwire/react'

/** The pending tasks, live. */
export function Tasks({ taskwire }: { readonly taskwire: TaskwireClient }) {
  const options = taskwireOptions(taskwire)
  const live = useLiveTasks(taskwire)
  const tasks = useQuery(options.task.list.query({ status: 'pending' }))
  const create = useMutation(options.task.create.mutation())
  const complete = useMutation(taskWrites(taskwire, useQueryClient()).complete())
  const undo = useMutation({ mutationFn: async () => complete.data?.undo(), onSuccess: complete.reset })
  const ended = live.error instanceof Error ? live.error : null
  const error = ended ?? tasks.error ?? create.error ?? complete.error ?? undo.error
  return (
    <main>
      {error !== null && <p role="alert">{error.message}</p>}
      <form action={(form) => create.mutate({ title: String(form.get('title')) })}>
        <input name="title" aria-label="New task" maxLength={200} required />
        <button>Add</button>
      </form>
      <ul>
        {tasks.data?.items.map(({ id, title }) => (
          <li key={id}>
            <label>
              <input type="checkbox" onChange={() => complete.mutate({ task_id: id })} /> {title}
            </label>
          </li>
        ))}
      </ul>
      {complete.data && <button onClick={() => undo.mutate()}>Undo</button>}
      <p>{live.connected ? 'live' : 'not connected'}</p>
    </main>
  )
}
