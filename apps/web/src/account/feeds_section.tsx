import type { RouterOutputs } from '@taskwire/client'
import { useCallback, useEffect, useState } from 'react'
import { Button } from '../design/button.tsx'
import { ConfirmButton } from '../design/confirm_button.tsx'
import { errorText } from '../error_text.ts'
import { ShownOnce } from '../keys/shown_once.tsx'
import { t } from '../texts/texts.ts'
import { exactTime } from '../time.ts'
import { useWorkspace } from '../workspace.ts'

/** The addresses at which calendars read the user's dated tasks: create one, copy it once, revoke it. */
export function FeedsSection() {
  const { client, notify } = useWorkspace()
  const [feeds, setFeeds] = useState<RouterOutputs['feed']['list']>()
  const [url, setUrl] = useState<string>()
  const [isCreating, setCreating] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)

  const attempt = useCallback(
    async (action: () => Promise<unknown>) => {
      try {
        await action()
        setFeeds(await client.feed.list.query({}))
        setProblem(null)
      } catch (error) {
        setProblem(errorText(error))
      }
    },
    [client],
  )
  useEffect(() => void attempt(() => Promise.resolve()), [attempt])

  async function create(): Promise<void> {
    setCreating(true)
    try {
      const created = await client.feed.create.mutate({})
      setUrl(created.url)
    } finally {
      setCreating(false)
    }
  }

  async function revoke(feed_id: number): Promise<void> {
    await client.feed.delete.mutate({ feed_id })
    // Which of them the shown address belongs to need not be known: it is not shown again.
    setUrl(undefined)
    notify(t.account.feeds.revoked)
  }

  return (
    <>
      <p className="quiet">{t.account.feeds.text}</p>
      {url === undefined ? (
        <Button disabled={isCreating} onClick={() => void attempt(create)}>
          {t.account.feeds.create}
        </Button>
      ) : (
        <ShownOnce
          label={t.account.feeds.newAddress}
          copyNow={t.account.feeds.copyNow}
          notShownAgain={t.account.feeds.secret}
          value={url}
          name="feed"
          onDone={() => setUrl(undefined)}
        />
      )}
      <p className="problem" role="alert">
        {problem}
      </p>
      <ul className="plain-list">
        {feeds?.map(({ id, created_at }) => (
          <li key={id} className="key">
            <div className="key-text">
              <strong>{t.account.feeds.address(id)}</strong>
              <span className="quiet">{t.account.since(exactTime(created_at))}</span>
            </div>
            <ConfirmButton
              text={t.account.feeds.revoke}
              label={t.account.feeds.revokeOf(id)}
              onConfirm={() => void attempt(() => revoke(id))}
            />
          </li>
        ))}
      </ul>
    </>
  )
}
