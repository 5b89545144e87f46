import { createTaskwireClient, isTaskwireError, wholeTask, type RouterInputs, type Task } from '@taskwire/client'

// A tour of the typed client. The tests type-check it against the published package alone, and run it.

/**
 * The server's URL and the caller's token: a JWT, an API key, or a function that gets one and is called again on
 * expiry.
 */
export interface Connection {
  readonly url: string
  readonly token: string | (() => Promise<string>)
}

/** Adds the wanted items to a shopping list, completes the first one, and returns what is left to buy. */
export async function shopping({ url, token }: Connection, wanted: readonly string[]): Promise<string[]> {
  const taskwire = createTaskwireClient({ url, token })

  // Calls made at the same moment share a request. Each has its own key, so a lost response creates no second task.
  const made: Task[] = await Promise.all(wanted.map((title) => taskwire.task.create.mutate({ title })))

  const [first] = made
  if (first !== undefined) await taskwire.task.complete.mutate({ task_id: first.id })

  const open: RouterInputs['task']['list'] = { status: 'pending', sort: 'title' }
  const { items } = await taskwire.task.list.query(open)
  return items.map(({ title }) => title)
}

/** Changes a title unless somebody else changed the task meanwhile; then their version wins, and is answered. */
export async function rename({ url, token }: Connection, task: Task, title: string): Promise<Task> {
  const taskwire = createTaskwireClient({ url, token })
  try {
    return await taskwire.task.update.mutate({ task_id: task.id, title, if_version: task.version })
  } catch (error) {
    if (isTaskwireError(error) && error.reason === 'version_mismatch' && error.current) return error.current
    throw error
  }
}

/** Keeps a copy of all tasks up to date, live, until `signal` aborts. */
export async function mirror({ url, token }: Connection, copy: Map<number, Task>, signal: AbortSignal): Promise<void> {
  const taskwire = createTaskwireClient({ url, token })

  // The log position first, then the list: what happens in between comes again as a change, and its version shows whether it is new.
  const { next } = await taskwire.change.list.query({})
  for (let cursor: string | undefined; ;) {
    const page = await taskwire.task.list.query({ limit: 200, cursor })
    for (const task of page.items) copy.set(task.id, task)
    if (page.next_cursor === null) break
    cursor = page.next_cursor
  }

  for await (const { task_id, after } of taskwire.changes({ since: next, signal })) {
    const known = copy.get(task_id)
    if (after === null) copy.delete(task_id)
    else if (known === undefined || known.version < after.version) copy.set(task_id, wholeTask(after))
  }
}
