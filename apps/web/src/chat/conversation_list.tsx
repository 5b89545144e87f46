import { useCallback, useEffect, useState } from 'react'
import type { Client } from '../client.ts'
import { Button, IconButton } from '../design/button.tsx'
import { errorText } from '../error_text.ts'
import { RelativeTime } from '../views/relative_time.tsx'
import { useWorkspace } from '../workspace.ts'
import { t } from '../texts/texts.ts'

type Conversation = Awaited<ReturnType<Client['conversation']['list']['query']>>['items'][number]

interface ConversationListProps {
  readonly current: number | undefined
  readonly onSelect: (id: number) => void
  readonly onDeleted: (id: number) => void
}

/** The stored conversations, to open or delete. */
export function ConversationList({ current, onSelect, onDeleted }: ConversationListProps) {
  const { client } = useWorkspace()
  const [items, setItems] = useState<readonly Conversation[]>()
  const [next, setNext] = useState<string | null>(null)
  const [confirming, setConfirming] = useState<number>()
  const [problem, setProblem] = useState<string>()

  const attempt = useCallback(async (action: () => Promise<void>) => {
    setProblem(undefined)
    try {
      await action()
    } catch (error) {
      setProblem(errorText(error))
    }
  }, [])

  const load = useCallback(
    (cursor?: string) =>
      attempt(async () => {
        const page = await client.conversation.list.query({ limit: 50, cursor })
        setItems((current) => [...(cursor === undefined ? [] : (current ?? [])), ...page.items])
        setNext(page.next_cursor)
      }),
    [attempt, client],
  )
  useEffect(() => void load(), [load])

  const remove = (id: number) =>
    attempt(async () => {
      await client.conversation.delete.mutate({ conversation_id: id })
      setItems((current) => current?.filter((item) => item.id !== id))
      onDeleted(id)
    })

  return (
    <div className="conversation-view" tabIndex={-1}>
      {items === undefined && problem === undefined && <p className="state-line">{t.shell.loadingNow}</p>}
      {items?.length === 0 && <p className="quiet">{t.chat.noConversations}</p>}
      <ul className="plain-list">
        {items?.map(({ id, title, updated_at }) => (
          <li key={id} className="conversation">
            <button
              type="button"
              className="conversation-title"
              aria-current={id === current ? 'true' : undefined}
              onClick={() => onSelect(id)}
            >
              {title} <RelativeTime time={updated_at} />
            </button>
            {confirming === id ? (
              <Button
                look="danger"
                autoFocus
                aria-label={t.chat.confirmDeletion(title)}
                onClick={() => void remove(id)}
                onBlur={() => setConfirming(undefined)}
              >
                {t.shell.confirm}
              </Button>
            ) : (
              <IconButton
                icon="trash"
                label={t.chat.deleteConversation(title)}
                title={t.chat.delete}
                onClick={() => setConfirming(id)}
              />
            )}
          </li>
        ))}
      </ul>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {next !== null && <Button onClick={() => void load(next)}>{t.shell.showMore}</Button>}
    </div>
  )
}
