import { useCallback, useEffect, useState, type FormEvent } from 'react'
import { Button } from '../design/button.tsx'
import { Field } from '../design/field.tsx'
import { Sheet } from '../design/sheet.tsx'
import { formText } from '../form_text.ts'
import { useWorkspace } from '../workspace.ts'
import { ApiKeys, type ApiKey, type Scope } from './api_keys.ts'
import { KeyRow } from './key_row.tsx'
import { NewKey } from './new_key.tsx'

/** Keys for scripts and agents: make one, see it once, take it back. */
export default function KeysPanel({ onClose }: { readonly onClose: () => void }) {
  const { session, notify } = useWorkspace()
  const [keys, setKeys] = useState<readonly ApiKey[]>()
  const [made, setMade] = useState<string>()
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)

  const load = useCallback(async () => {
    const { keys: found, problem: failed } = await ApiKeys.list(session.auth)
    setKeys(found)
    setProblem(failed)
  }, [session])
  useEffect(() => void load(), [load])

  async function create(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = event.currentTarget
    const given = new FormData(form)
    const scope: Scope = given.get('scope') === 'write' ? 'write' : 'read'
    setIsBusy(true)
    const answer = await ApiKeys.create(session.auth, {
      name: formText(given, 'name').trim(),
      scope,
      days: Number(given.get('days')),
    })
    setIsBusy(false)
    setProblem(answer.problem)
    if (answer.key === null) return
    setMade(answer.key)
    form.reset()
    await load()
  }

  async function revoke(key: ApiKey): Promise<void> {
    const failed = await ApiKeys.revoke(session.auth, key)
    setProblem(failed)
    if (failed !== null) return
    notify(`The key “${key.name}” no longer works`)
    await load()
  }

  return (
    <Sheet title="API keys" place="right" onClose={onClose}>
      <p className="quiet">
        A key lets a script or an agent reach your tasks. Whoever has it can use it: keep it secret.
      </p>
      {made === undefined ? (
        <form className="key-form" onSubmit={(event) => void create(event)}>
          <Field label="Name" name="name" placeholder="What will use it?" maxLength={32} autoComplete="off" required />
          <fieldset className="key-scope">
            <legend>It may</legend>
            <label className="choice">
              <input type="radio" className="dot" name="scope" value="read" defaultChecked />
              <span>read tasks</span>
            </label>
            <label className="choice">
              <input type="radio" className="dot" name="scope" value="write" />
              <span>read and change tasks</span>
            </label>
          </fieldset>
          <p className="field">
            <label htmlFor="key-days">It works for</label>
            <select id="key-days" className="select" name="days" defaultValue="90">
              <option value="7">7 days</option>
              <option value="30">30 days</option>
              <option value="90">90 days</option>
              <option value="365">a year</option>
            </select>
          </p>
          <Button look="primary" type="submit" disabled={isBusy}>
            Create key
          </Button>
        </form>
      ) : (
        <NewKey value={made} onDone={() => setMade(undefined)} />
      )}
      <p className="problem" role="alert">
        {problem}
      </p>
      <h3 className="panel-heading">Your keys</h3>
      {keys?.length === 0 && <p className="quiet">There is none yet.</p>}
      <ul className="plain-list">
        {keys?.map((key) => (
          <KeyRow key={key.id} apiKey={key} onRevoke={() => void revoke(key)} />
        ))}
      </ul>
    </Sheet>
  )
}
