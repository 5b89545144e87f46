'use client'
import { createTaskwireClient, wholeTask, type Task } from '@taskwire/client'
import { useEffect, useState } from 'react'
import { SignIn } from '../../lib/sign_in'
import { getToken } from '../../lib/token'

const url = process.env.NEXT_PUBLIC_API_URL ?? 'http://127.0.0.1:8000'

export default function Page() {
  return (
    <SignIn>
      <Tasks />
    </SignIn>
  )
}

function Tasks() {
  // A client keeps its token, so there is one for each time that somebody signs in.
  const [taskwire] = useState(() => createTaskwireClient({ url, token: getToken() }))
  const [tasks, setTasks] = useState<readonly Task[]>([])
  const [error, setError] = useState('')
  const run = (work: Promise<unknown>) =>
    void work.then(
      () => setError(''),
      (failure: Error) => setError(failure.message),
    )
  useEffect(() => {
    const leaving = new AbortController()
    // The seq first, then the list: what changes in between comes again, and its version tells.
    const follow = async () => {
      const { next } = await taskwire.change.list.query({})
      setTasks((await taskwire.task.list.query({ limit: 200 })).items)
      for await (const { task_id, after } of taskwire.changes({ since: next, signal: leaving.signal })) {
        setTasks((known) => {
          const others = known.filter(({ id }) => id !== task_id)
          return after === null ? others : [wholeTask(after), ...others]
        })
      }
    }
    follow().catch((failure: Error) => leaving.signal.aborted || setError(failure.message))
    return () => leaving.abort()
  }, [taskwire])
  return (
    <main>
      {error !== '' && <p role="alert">{error}</p>}
      <form action={(form) => run(taskwire.task.create.mutate({ title: String(form.get('title')) }))}>
        <input name="title" aria-label="New task" required />
        <button>Add</button>
      </form>
      <ul>
        {tasks.map(({ id, title, completed }) => (
          <li key={id}>
            <input
              type="checkbox"
              aria-label={title}
              checked={completed}
              onChange={() => run(taskwire.task.toggle.mutate({ task_id: id }))}
            />
            {title}
            <button onClick={() => run(taskwire.task.delete.mutate({ task_id: id }))}>Delete</button>
          </li>
        ))}
      </ul>
    </main>
  )
}
