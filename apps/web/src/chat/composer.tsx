import { limits } from '@taskwire/client'
import { useRef, useState, type FormEvent, type KeyboardEvent } from 'react'
import { IconButton } from '../design/button.tsx'
import { useSnapshot } from '../workspace.ts'
import { t } from '../texts/texts.ts'

interface ComposerProps {
  readonly isBusy: boolean
  readonly onSend: (message: string) => void
  readonly onStop: () => void
}

/** The message field. Enter sends, Shift+Enter starts a new line. */
export function Composer({ isBusy, onSend, onStop }: ComposerProps) {
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  const isOffline = useSnapshot().connection === 'offline'
  const length = Array.from(text).length
  const isSendable = text.trim() !== '' && length <= limits.chatMessageLength && !isBusy && !isOffline

  function send(event: FormEvent): void {
    event.preventDefault()
    if (!isSendable) return
    onSend(text)
    setText('')
    field.current?.focus()
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) send(event)
  }

  return (
    <form className="composer" onSubmit={send}>
      <textarea
        ref={field}
        className="composer-text"
        aria-label={t.chat.messageLabel}
        aria-describedby="composer-problem"
        placeholder={isOffline ? t.chat.needsConnection : t.chat.message}
        rows={1}
        autoFocus
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      {isBusy ? (
        <IconButton icon="close" label={t.chat.stop} onClick={onStop} />
      ) : (
        <IconButton icon="send" label={t.chat.send} type="submit" disabled={!isSendable} />
      )}
      <p id="composer-problem" className="problem" role="alert">
        {length > limits.chatMessageLength && t.chat.tooLong(length, limits.chatMessageLength)}
      </p>
    </form>
  )
}
