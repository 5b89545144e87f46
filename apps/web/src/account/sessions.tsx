import { useCallback, useEffect, useState } from 'react'
import { Button } from '../design/button.tsx'
import { problemOf } from '../session/session.ts'
import { startText } from '../texts/start_texts.ts'
import { t } from '../texts/texts.ts'
import { exactTime } from '../time.ts'
import { useWorkspace } from '../workspace.ts'
import { browserOf } from './browser_of.ts'

/** A session as the server knows it. */
interface StoredSession {
  readonly id: string
  readonly token: string
  readonly userAgent?: string | null
  readonly createdAt: string
}

interface SessionRow {
  readonly id: string
  readonly token: string
  readonly browser: string
  readonly since: string
  readonly isThis: boolean
}

/** Where the user is signed in. Each session but this one can be ended. */
export function Sessions() {
  const { session, notify } = useWorkspace()
  const [rows, setRows] = useState<readonly SessionRow[]>()
  const [problem, setProblem] = useState<string | null>(null)

  const load = useCallback(async () => {
    const [{ data, error }, current] = await Promise.all([
      session.call<StoredSession[]>('/list-sessions'),
      session.call<{ session: StoredSession } | null>('/get-session'),
    ])
    if (data === null) return setProblem(await problemOf(Promise.resolve({ error })))
    const own = current.data?.session.id
    const listed = data.map(({ id, token, userAgent, createdAt }) => ({
      id,
      token,
      browser: browserOf(userAgent ?? '') ?? t.account.unknownBrowser,
      since: new Date(createdAt).toISOString(),
      isThis: id === own,
    }))
    setRows(listed.toSorted((a, b) => Number(b.isThis) - Number(a.isThis) || (a.since < b.since ? 1 : -1)))
  }, [session])
  useEffect(() => void load().catch(() => setProblem(startText.problems.unreachable)), [load])

  async function end(ending: Promise<string | null>): Promise<void> {
    const failed = await ending
    setProblem(failed)
    if (failed !== null) return
    notify(t.account.sessionEnded)
    await load().catch(() => setProblem(startText.problems.unreachable))
  }

  const others = rows?.filter(({ isThis }) => !isThis) ?? []
  return (
    <>
      <p className="problem" role="alert">
        {problem}
      </p>
      <ul className="plain-list">
        {rows?.map(({ id, token, browser, since, isThis }) => (
          <li key={id} className="key">
            <div className="key-text">
              <strong>{isThis ? t.account.thisSession(browser) : browser}</strong>
              <span className="quiet">{t.account.since(exactTime(since))}</span>
            </div>
            {!isThis && (
              <Button
                aria-label={t.account.endSessionOf(browser)}
                onClick={() => void end(problemOf(session.call('/revoke-session', { token })))}
              >
                {t.account.endSession}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {others.length === 0 && rows !== undefined && <p className="quiet">{t.account.noOtherSessions}</p>}
      {others.length > 1 && (
        <Button onClick={() => void end(problemOf(session.call('/revoke-other-sessions', {})))}>
          {t.account.endOthers}
        </Button>
      )}
    </>
  )
}
