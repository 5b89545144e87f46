import { isTaskwireError } from '@taskwire/client'
import { useCallback, useEffect, useState } from 'react'
import type { Client } from '../client.ts'
import { Button, IconButton } from '../design/button.tsx'
import { ago } from '../time.ts'
import { useWorkspace } from '../workspace.ts'

type Conversation = Awaited<ReturnType<Client['conversation']['list']['query']>>['items'][number]

interface ConversationListProps {
  readonly current: number | undefined
  readonly onChosen: (id: number) => void
  readonly onDeleted: (id: number) => void
}

/** The conversations so far, to go on with or to delete. */
export function ConversationList({ current, onChosen, onDeleted }: ConversationListProps) {
  const { client } = useWorkspace()
  const [items, setItems] = useState<readonly Conversation[]>()
  const [next, setNext] = useState<string | null>(null)
  const [asking, setAsking] = useState<number>()
  const [problem, setProblem] = useState<string>()

  const attempt = useCallback(async (action: () => Promise<void>) => {
    setProblem(undefined)
    try {
      await action()
    } catch (error) {
      setProblem(isTaskwireError(error) ? `${error.message}.` : 'Something unforeseen happened.')
    }
  }, [])

  const load = useCallback(
    (cursor?: string) =>
      attempt(async () => {
        const page = await client.conversation.list.query({ limit: 50, cursor })
        setItems((shown) => [...(cursor === undefined ? [] : (shown ?? [])), ...page.items])
        setNext(page.next_cursor)
      }),
    [attempt, client],
  )
  useEffect(() => void load(), [load])

  const remove = (id: number) =>
    attempt(async () => {
      await client.conversation.delete.mutate({ conversation_id: id })
      setItems((shown) => shown?.filter((item) => item.id !== id))
      onDeleted(id)
    })

  return (
    <div className="talk" tabIndex={-1}>
      {items === undefined && problem === undefined && <p className="state-line">Loading…</p>}
      {items?.length === 0 && <p className="quiet">There is none yet.</p>}
      <ul className="plain-list">
        {items?.map(({ id, title, updated_at }) => (
          <li key={id} className="conversation">
            <button
              type="button"
              className="conversation-title"
              aria-current={id === current ? 'true' : undefined}
              onClick={() => onChosen(id)}
            >
              {title} <time dateTime={updated_at}>{ago(updated_at)}</time>
            </button>
            {asking === id ? (
              <Button
                look="danger"
                autoFocus
                aria-label={`Really delete ${title}`}
                onClick={() => void remove(id)}
                onBlur={() => setAsking(undefined)}
              >
                Really?
              </Button>
            ) : (
              <IconButton icon="trash" label={`Delete ${title}`} title="Delete" onClick={() => setAsking(id)} />
            )}
          </li>
        ))}
      </ul>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {next !== null && <Button onClick={() => void load(next)}>Show more</Button>}
    </div>
  )
}
