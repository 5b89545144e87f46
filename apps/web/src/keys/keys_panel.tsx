import { limits } from '@taskwire/client'
import { useCallback, useEffect, useState, type FormEvent } from 'react'
import { ConnectedApps } from '../connect/connected_apps.tsx'
import { Button } from '../design/button.tsx'
import { Field } from '../design/field.tsx'
import { Sheet } from '../design/sheet.tsx'
import { formText } from '../form_text.ts'
import { useWorkspace } from '../workspace.ts'
import { ApiKeys, type ApiKey, type Scope } from './api_keys.ts'
import { KeyRow } from './key_row.tsx'
import { NewKey } from './new_key.tsx'
import { t } from '../texts/texts.ts'

/** API keys for scripts and agents: create, copy once, revoke. */
export default function KeysPanel({ onClose }: { readonly onClose: () => void }) {
  const { session, notify } = useWorkspace()
  const [keys, setKeys] = useState<readonly ApiKey[]>()
  const [newKey, setNewKey] = useState<string>()
  const [problem, setProblem] = useState<string | null>(null)
  const [isBusy, setIsBusy] = useState(false)

  const load = useCallback(async () => {
    const { keys: stored, problem: failed } = await ApiKeys.list(session.call)
    if (failed === null) setKeys(stored)
    setProblem(failed)
  }, [session])
  useEffect(() => void load(), [load])

  async function create(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = event.currentTarget
    const values = new FormData(form)
    const scope: Scope = values.get('scope') === 'write' ? 'write' : 'read'
    setIsBusy(true)
    const result = await ApiKeys.create(session.call, {
      name: formText(values, 'name').trim(),
      scope,
      days: Number(values.get('days')),
    })
    setIsBusy(false)
    setProblem(result.problem)
    if (result.key === null) return
    setNewKey(result.key)
    form.reset()
    await load()
  }

  async function revoke(key: ApiKey): Promise<void> {
    const failed = await ApiKeys.revoke(session.call, key)
    setProblem(failed)
    if (failed !== null) return
    notify(t.keys.revoked(key.name))
    await load()
  }

  return (
    <Sheet title={t.keys.title} side="right" onClose={onClose}>
      <p className="quiet">{t.keys.intro}</p>
      {newKey === undefined ? (
        <form className="key-form" onSubmit={(event) => void create(event)}>
          <Field
            label={t.keys.name}
            name="name"
            placeholder={t.keys.nameExample}
            maxLength={limits.apiKeyNameLength}
            autoComplete="off"
            required
          />
          <fieldset className="key-scope">
            <legend>{t.keys.access}</legend>
            <label className="choice">
              <input type="radio" className="dot" name="scope" value="read" defaultChecked />
              <span>{t.keys.readOnly}</span>
            </label>
            <label className="choice">
              <input type="radio" className="dot" name="scope" value="write" />
              <span>{t.keys.readWrite}</span>
            </label>
          </fieldset>
          <p className="field">
            <label htmlFor="key-days">{t.keys.expiresAfter}</label>
            <select id="key-days" className="select" name="days" defaultValue="90">
              <option value="7">{t.keys.days(7)}</option>
              <option value="30">{t.keys.days(30)}</option>
              <option value="90">{t.keys.days(90)}</option>
              <option value="365">{t.keys.year}</option>
            </select>
          </p>
          <Button look="primary" type="submit" disabled={isBusy}>
            {t.keys.create}
          </Button>
        </form>
      ) : (
        <NewKey value={newKey} onDone={() => setNewKey(undefined)} />
      )}
      <p className="problem" role="alert">
        {problem}
      </p>
      <h3 className="panel-heading">{t.keys.yours}</h3>
      {keys?.length === 0 && <p className="quiet">{t.keys.none}</p>}
      <ul className="plain-list">
        {keys?.map((key) => (
          <KeyRow key={key.id} apiKey={key} onRevoke={() => void revoke(key)} />
        ))}
      </ul>
      <ConnectedApps />
    </Sheet>
  )
}
