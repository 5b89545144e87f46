import { useEffect, useState } from 'react'
import { Button, IconButton } from '../design/button.tsx'
import { currentRoute, hrefOf, listOf } from '../shell/route.ts'
import { t } from '../texts/texts.ts'
import { useMoment } from '../views/use_moment.ts'
import { useSnapshot, useWorkspace } from '../workspace.ts'
import { createSamples } from './create_samples.ts'
import { clearWelcome, storedWelcome } from './welcome_mark.ts'

/** Gives a new user a few tasks that teach, the way to connect an agent, and one button that removes the tasks. */
export default function Welcome() {
  const { client, user, messages, dispatchAll } = useWorkspace()
  const { tasks } = useSnapshot()
  const { today } = useMoment()
  const [mark, setMark] = useState(() => storedWelcome(user.id))
  const ids = mark?.ids

  useEffect(() => {
    if (ids !== null) return
    // Without a connection they are created when the app is opened the next time.
    void createSamples(client, user.id, today)
      .then((created) => setMark({ user_id: user.id, ids: created }))
      .catch(() => {})
    // Once: the day may change while the page is open.
  }, [ids, client, user.id])

  function end(): void {
    clearWelcome()
    setMark(undefined)
    document.getElementById('new-task')?.focus()
  }

  if (ids === undefined || ids === null) return null
  const samples = tasks.filter(({ id }) => ids.includes(id))
  if (samples.length === 0) return null

  function remove(): void {
    messages.announceAll('deleted', dispatchAll(samples.map((task) => [task.id, { kind: 'delete' }, task])))
    end()
  }

  return (
    <aside className="welcome" aria-label={t.welcome.label}>
      <p>{t.welcome.text}</p>
      <div className="welcome-actions">
        <a className="link" href={hrefOf({ ...listOf(currentRoute()), panel: 'keys' })}>
          {t.welcome.connect}
        </a>
        <a className="link" href="/docs">
          {t.welcome.docs}
        </a>
        <Button onClick={remove}>{t.welcome.remove}</Button>
        <IconButton icon="close" label={t.welcome.keep} onClick={end} />
      </div>
    </aside>
  )
}
