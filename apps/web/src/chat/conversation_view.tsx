import { useEffect, useRef, type ReactNode } from 'react'
import { Composer } from './composer.tsx'
import { ChangeSummary } from './change_summary.tsx'
import { ToolCalls } from './tool_calls.tsx'
import { useConversation, type Message } from './use_conversation.ts'
import type { Change } from '../client.ts'

interface ConversationViewProps {
  readonly conversation_id: number | undefined
  readonly onBegun: (id: number) => void
}

const examples = ['What’s pending?', 'Add a task to buy groceries', 'What have I completed?']

/** What was said, what is being said, and a line to say more. */
export function ConversationView({ conversation_id, onBegun }: ConversationViewProps) {
  const { messages, changes, running, problem, isLoading, send, stop } = useConversation(conversation_id, onBegun)
  const end = useRef<HTMLDivElement>(null)

  useEffect(() => {
    end.current?.scrollIntoView({ block: 'end' })
  }, [messages, running])

  const isEmpty = messages.length === 0 && running === undefined && !isLoading
  return (
    <>
      <div className="talk" role="log" aria-label="Conversation" tabIndex={0}>
        {isLoading && <p className="state-line">Loading…</p>}
        {isEmpty && problem === undefined && (
          <div className="talk-empty">
            <p>Say what you want done. Whatever the assistant changes can be undone.</p>
            {examples.map((example) => (
              <button key={example} type="button" className="example" onClick={() => send(example)}>
                {example}
              </button>
            ))}
          </div>
        )}
        {messages.map((message, index) => (
          <MessageBubble key={message.id} message={message}>
            {message.role === 'assistant' && (
              <ChangeSummary changes={madeBetween(changes, messages[index - 1], message)} all={changes} />
            )}
          </MessageBubble>
        ))}
        {running && !messages.some(isQuestion(running.question, messages)) && (
          <p className="said said-user">{running.question}</p>
        )}
        {running && (
          <div className="said said-assistant" aria-busy="true">
            <ToolCalls calls={running.calls} />
            {running.text === '' ? (
              <span className="thinking" role="img" aria-label="Working" />
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
    <div className={`said said-${message.role}`}>
      <span className="hidden">{message.role === 'user' ? 'You' : 'Assistant'}:</span>
      <p>{message.content}</p>
      {children}
    </div>
  )
}

/** Whether the last stored message is the running question: it was stored before the answer began. */
function isQuestion(question: string, messages: readonly Message[]) {
  const last = messages.at(-1)
  return (message: Message) => message === last && message.role === 'user' && message.content === question
}

/** The changes that the assistant made while it worked on an answer. */
function madeBetween(changes: readonly Change[], question: Message | undefined, answer: Message): Change[] {
  const from = question?.created_at ?? ''
  return changes.filter(
    (change) => change.via === 'chat' && change.created_at >= from && change.created_at <= answer.created_at,
  )
}
