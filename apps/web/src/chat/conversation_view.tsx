import { useEffect, useRef, type ReactNode } from 'react'
import { Composer } from './composer.tsx'
import { ChangeSummary } from './change_summary.tsx'
import { ToolCalls } from './tool_calls.tsx'
import { useConversation, type Message } from './use_conversation.ts'
import type { Change } from '../client.ts'
import { t } from '../texts/texts.ts'

interface ConversationViewProps {
  readonly conversation_id: number | undefined
  readonly onStarted: (id: number) => void
}

/** The messages of a conversation, the answer being written, and the message field. */
export function ConversationView({ conversation_id, onStarted }: ConversationViewProps) {
  const { messages, changes, running, problem, isLoading, send, stop } = useConversation(conversation_id, onStarted)
  const end = useRef<HTMLDivElement>(null)

  useEffect(() => {
    end.current?.scrollIntoView({ block: 'end' })
  }, [messages, running])

  const isEmpty = messages.length === 0 && running === undefined && !isLoading
  return (
    <>
      <div className="conversation-view" role="log" aria-label={t.chat.conversation} tabIndex={0}>
        {isLoading && <p className="state-line">{t.shell.loadingNow}</p>}
        {isEmpty && problem === undefined && (
          <div className="conversation-empty">
            <p>{t.chat.intro}</p>
            {t.chat.examples.map((example) => (
              <button key={example} type="button" className="example" onClick={() => send(example)}>
                {example}
              </button>
            ))}
          </div>
        )}
        {messages.map((message, index) => (
          <MessageBubble key={message.id} message={message}>
            {message.role === 'assistant' && (
              <ChangeSummary changes={changesBetween(changes, messages[index - 1], message)} all={changes} />
            )}
          </MessageBubble>
        ))}
        {running && !messages.some(isRunningQuestion(running.question, messages)) && (
          <p className="bubble bubble-user">{running.question}</p>
        )}
        {running && (
          <div className="bubble bubble-assistant" aria-busy="true">
            <ToolCalls calls={running.calls} />
            {running.text === '' ? (
              <span className="thinking" role="img" aria-label={t.chat.working} />
            ) : (
              <p>{running.text}</p>
            )}
          </div>
        )}
        {problem !== undefined && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <div ref={end} />
      </div>
      <Composer isBusy={running !== undefined} onSend={send} onStop={stop} />
    </>
  )
}

function MessageBubble({ message, children }: { readonly message: Message; readonly children: ReactNode }) {
  return (
    <div className={`bubble bubble-${message.role}`}>
      <span className="hidden">{message.role === 'user' ? t.chat.you : t.chat.assistant}:</span>
      <p>{message.content}</p>
      {children}
    </div>
  )
}

/** Whether the last stored message is the question being answered: the server stores it before it answers. */
function isRunningQuestion(question: string, messages: readonly Message[]) {
  const last = messages.at(-1)
  return (message: Message) => message === last && message.role === 'user' && message.content === question
}

/** The changes that the assistant made between a question and its answer. */
function changesBetween(changes: readonly Change[], question: Message | undefined, answer: Message): Change[] {
  const from = question?.created_at ?? ''
  return changes.filter(
    (change) => change.via === 'chat' && change.created_at >= from && change.created_at <= answer.created_at,
  )
}
