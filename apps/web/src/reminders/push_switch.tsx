import { useState } from 'react'
import { t } from '../texts/texts.ts'
import { useWorkspace } from '../workspace.ts'
import { subscribeToPush, unsubscribeFromPush } from './push.ts'
import { pushChoice, pushSupport, type PushChoice } from './push_choice.ts'

/** Turns notifications of this browser on for the time while Taskwire is closed. To be shown once notifications are allowed. */
export function PushSwitch() {
  const { session, user } = useWorkspace()
  const [choice, setChoice] = useState(() => pushChoice(user.id))
  const [isWorking, setWorking] = useState(false)
  const [hasFailed, setFailed] = useState(false)

  if (pushSupport() !== 'here') return <span className="hint">{t.reminders.push.missing}</span>

  function become(next: PushChoice | null): void {
    setWorking(true)
    setFailed(false)
    const work = next === null ? unsubscribeFromPush(session.call) : subscribeToPush(session.call, next)
    void work
      .catch(() => setFailed(true))
      .finally(() => {
        setChoice(pushChoice(user.id))
        setWorking(false)
      })
  }

  return (
    <>
      <label className="choice">
        <input
          type="checkbox"
          className="box box-square"
          checked={choice !== null}
          disabled={isWorking}
          onChange={({ target }) => become(target.checked ? { user_id: user.id, shows_title: true } : null)}
        />
        <span>{t.reminders.push.closed}</span>
      </label>
      {choice !== null && (
        <label className="choice">
          <input
            type="checkbox"
            className="box box-square"
            checked={choice.shows_title}
            disabled={isWorking}
            onChange={({ target }) => become({ ...choice, shows_title: target.checked })}
          />
          <span>{t.reminders.push.showsTitle}</span>
        </label>
      )}
      <span className="problem" role="alert">
        {hasFailed && t.reminders.push.failed}
      </span>
    </>
  )
}
