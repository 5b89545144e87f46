'use client'
import { useCallback, useEffect, useState } from 'react'
import { api, type Task } from '../lib/api'
import { SignIn } from '../lib/sign_in'

export default function Page() {
  return (
    <SignIn>
      <Tasks />
    </SignIn>
  )
}

function Tasks() {
  const [user, setUser] = useState('')
  const [tasks, setTasks] = useState<Task[]>([])
  const [error, setError] = useState('')
  const load = useCallback(async () => {
    const { id } = await api.getCurrentUser()
    setUser(id)
    setTasks(await api.getTasks(id))
    setError('')
  }, [])
  const run = useCallback(
    (work: Promise<unknown>) => void work.then(load).catch((failure: Error) => setError(failure.message)),
    [load],
  )
  useEffect(() => run(Promise.resolve()), [run])
  return (
    <main>
      {error !== '' && <p role="alert">{error}</p>}
      <form action={(form) => run(api.createTask(user, { title: String(form.get('title')) }))}>
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
              onChange={() => run(api.toggleComplete(user, id))}
            />
            {title}
            <button onClick={() => run(api.deleteTask(user, id))}>Delete</button>
          </li>
        ))}
      </ul>
    </main>
  )
}
