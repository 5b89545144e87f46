import { useState, type FormEvent } from 'react'
import { Button } from '../design/button.tsx'
import type { AuthCall } from '../session/auth_call.ts'
import { Grants } from './grants.ts'
import { canOnlyRead, grantedScopes, type ConnectRequest } from './request.ts'
import { startText } from '../texts/start_texts.ts'

interface ConsentProps {
  readonly request: ConnectRequest
  readonly name: string
  readonly call: AuthCall
}

/** Names what an app asks for, and where the answer goes. The user may leave writing out. */
export function Consent({ request, name, call }: ConsentProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const [isDone, setIsDone] = useState(false)
  const [isBusy, setIsBusy] = useState(false)

  async function decide(accept: boolean, mayWrite: boolean): Promise<void> {
    setIsBusy(true)
    const scope = accept ? { scope: grantedScopes(request, mayWrite) } : {}
    const { url, problem: failed } = await Grants.decide(call, { accept, oauth_query: request.query, ...scope })
    setProblem(failed)
    setIsBusy(false)
    if (url === null) return
    // An app on this computer answers by a page of its own or none at all: then this one stays.
    setIsDone(true)
    location.assign(url)
  }

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const access = new FormData(event.currentTarget).get('access')
    void decide(true, access === null || access === 'write')
  }

  if (isDone) return <p role="status">{startText.connect.done(name)}</p>
  return (
    <form className="auth-form" onSubmit={submit}>
      <p>
        {startText.connect.goesTo} <strong className="connect-host">{request.destination}</strong>.{' '}
        {startText.connect.onlyIfAsked}
      </p>
      {request.writes && canOnlyRead(request) ? (
        <fieldset className="key-scope">
          <legend>{startText.connect.access}</legend>
          <label className="choice">
            <input type="radio" className="dot" name="access" value="write" defaultChecked />
            <span>{startText.connect.readWrite}</span>
          </label>
          <label className="choice">
            <input type="radio" className="dot" name="access" value="read" />
            <span>{startText.connect.readOnly}</span>
          </label>
        </fieldset>
      ) : (
        <p>{request.writes ? startText.connect.mayWrite : startText.connect.mayRead}</p>
      )}
      <p className="quiet">{request.stays ? startText.connect.stays : startText.connect.leaves}</p>
      <p className="problem" role="alert">
        {problem}
      </p>
      <div className="connect-actions">
        <Button look="primary" type="submit" disabled={isBusy}>
          {startText.connect.allow}
        </Button>
        <Button disabled={isBusy} onClick={() => void decide(false, false)}>
          {startText.connect.deny}
        </Button>
      </div>
    </form>
  )
}
