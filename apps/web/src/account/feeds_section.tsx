import type { RouterOutputs } from '@taskwire/client'
import { useCallback, useEffect, useState } from 'react'
import { Button } from '../design/button.tsx'
import { ConfirmButton } from '../design/confirm_button.tsx'
import { errorText } from '../error_text.ts'
import { CopyButton } from '../keys/copy_button.tsx'
import { t } from '../texts/texts.ts'
import { exactTime } from '../time.ts'
import { useWorkspace } from '../workspace.ts'

/** The addresses at which calendars read the user's dated tasks: create one, copy it once, revoke it. */
export function FeedsSection() {
  const { client, notify } = useWorkspace()
  const [feeds, setFeeds] = useState<RouterOutputs['feed']['list']>()
  const [url, setUrl] = useState<string>()
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
    const created = await client.feed.create.mutate({})
    setUrl(created.url)
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
        <Button onClick={() => void attempt(create)}>{t.account.feeds.create}</Button>
      ) : (
        <NewFeed url={url} onDone={() => setUrl(undefined)} />
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

function NewFeed({ url, onDone }: { readonly url: string; readonly onDone: () => void }) {
  return (
    <section className="new-key" aria-label={t.account.feeds.newAddress}>
      <p>
        <strong>{t.account.feeds.copyNow}</strong> {t.account.feeds.secret}
      </p>
      <div className="secret">
        <code className="secret-value">{url}</code>
        <CopyButton text={url} name="feed" />
      </div>
      <Button look="primary" onClick={onDone}>
        {t.keys.done}
      </Button>
    </section>
  )
}
