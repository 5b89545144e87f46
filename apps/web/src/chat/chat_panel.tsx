import { useState } from 'react'
import { IconButton } from '../design/button.tsx'
import { Sheet } from '../design/sheet.tsx'
import { currentRoute, go, listOf } from '../shell/route.ts'
import { ConversationView } from './conversation_view.tsx'
import { ConversationList } from './conversation_list.tsx'
import { t } from '../texts/texts.ts'

interface ChatPanelProps {
  readonly conversation_id: number | undefined
  /** Whether it stands beside the tasks rather than over them. */
  readonly isDocked: boolean
  readonly onClose: () => void
}

function openChat(id: number | undefined, how: 'push' | 'replace' = 'push'): void {
  go({ ...listOf(currentRoute()), panel: 'chat', ...(id !== undefined && { id }) }, how)
}

/** The assistant: a conversation, or the list of conversations. */
export default function ChatPanel({ conversation_id, isDocked, onClose }: ChatPanelProps) {
  const [isListing, setIsListing] = useState(false)

  const body = (
    <>
      <div className="chat-tools">
        <button type="button" className="link" aria-expanded={isListing} onClick={() => setIsListing(!isListing)}>
          {t.chat.conversations}
        </button>
        <button
          type="button"
          className="link"
          onClick={() => {
            setIsListing(false)
            openChat(undefined)
          }}
        >
          {t.chat.newConversation}
        </button>
      </div>
      {isListing ? (
        <ConversationList
          current={conversation_id}
          onSelect={(id) => {
            setIsListing(false)
            openChat(id)
          }}
          onDeleted={(id) => id === conversation_id && openChat(undefined, 'replace')}
        />
      ) : (
        <ConversationView conversation_id={conversation_id} onStarted={(id) => openChat(id, 'replace')} />
      )}
    </>
  )

  if (!isDocked) {
    return (
      <Sheet title={t.chat.title} side="right" onClose={onClose}>
        <div className="chat">{body}</div>
      </Sheet>
    )
  }
  return (
    <aside className="chat chat-docked" aria-labelledby="chat-title">
      <header className="sheet-head">
        <h2 className="sheet-title" id="chat-title">
          {t.chat.title}
        </h2>
        <IconButton icon="close" label={t.chat.close} onClick={onClose} />
      </header>
      {body}
    </aside>
  )
}
