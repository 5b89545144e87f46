import { isTaskwireError, limits } from '@taskwire/client'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Change, Client } from '../client.ts'
import { errorText } from '../error_text.ts'
import { useWorkspace } from '../workspace.ts'
import { streamAnswer, type StreamingAnswer } from './stream_answer.ts'

export type Message = Awaited<ReturnType<Client['conversation']['messages']['query']>>['items'][number]

export interface Conversation {
  readonly id: number | undefined
  readonly messages: readonly Message[]
  /** The changes that the assistant made in this conversation. */
  readonly changes: readonly Change[]
  /** The answer that is being written. */
  readonly running: StreamingAnswer | undefined
  readonly problem: string | undefined
  readonly isLoading: boolean
  readonly send: (message: string) => void
  readonly stop: () => void
}

/** A conversation with the assistant: a new one, or a stored one. */
export function useConversation(given: number | undefined, onStarted: (id: number) => void): Conversation {
  const { client, replica } = useWorkspace()
  const [id, setId] = useState<number>()
  const [messages, setMessages] = useState<readonly Message[]>([])
  const [changes, setChanges] = useState<readonly Change[]>([])
  const [running, setRunning] = useState<StreamingAnswer>()
  const [problem, setProblem] = useState<string>()
  const [isLoading, setIsLoading] = useState(false)
  const stopping = useRef(new AbortController())

  const abort = useCallback(() => {
    stopping.current.abort()
    stopping.current = new AbortController()
  }, [])

  const load = useCallback(
    async (conversation_id: number) => {
      const [stored, made] = await Promise.all([
        allMessages(client, conversation_id),
        allChanges(client, conversation_id),
      ])
      setMessages(stored)
      setChanges((known) => mergeChanges(known, made))
    },
    [client],
  )

  useEffect(() => {
    if (given === id && given !== undefined) return
    abort()
    setId(given)
    setMessages([])
    setChanges([])
    setRunning(undefined)
    setProblem(undefined)
    if (given === undefined) return
    setIsLoading(true)
    load(given)
      .catch((error: unknown) => setProblem(errorText(error)))
      .finally(() => setIsLoading(false))
    // `id` follows `given`, and is ahead of it when a conversation starts.
  }, [given, abort, load])

  useEffect(
    () =>
      replica.onChange((change) => setChanges((known) => (mayBelong(change) ? mergeChanges(known, [change]) : known))),
    [replica],
  )
  useEffect(() => abort, [abort])

  async function ask(message: string): Promise<void> {
    const stop = new AbortController()
    stopping.current = stop
    const { signal } = stop
    setProblem(undefined)
    setRunning({ question: message, text: '', calls: [] })
    let started = id
    try {
      started = await streamAnswer(client, { message, conversation_id: id }, { signal, onProgress: setRunning })
    } catch (error) {
      if (isTaskwireError(error)) started = error.data?.conversation_id ?? started
      if (signal.aborted) started ??= await startedBy(client, message).catch(() => undefined)
      else setProblem(errorText(error))
    }
    // The user has opened another conversation meanwhile.
    if (stopping.current !== stop) return
    if (started !== undefined) {
      setId(started)
      await load(started).catch(() => {})
      if (stopping.current !== stop) return
      if (started !== given) onStarted(started)
    }
    setRunning(undefined)
  }

  return {
    id,
    messages,
    changes: changes.filter((change) => change.conversation_id === id || change.undoes !== null),
    running,
    problem,
    isLoading,
    send: (message) => void ask(message),
    stop: () => stopping.current.abort(),
  }
}

/** Whether a change may belong to a conversation: it was made in one, or it undoes another change. */
function mayBelong({ conversation_id, undoes }: Change): boolean {
  return conversation_id !== null || undoes !== null
}

/** The conversation that a question started, if its answer was stopped before it named the conversation. */
async function startedBy(client: Client, question: string): Promise<number | undefined> {
  const { items: latest } = await client.conversation.list.query({ limit: 1 })
  const [conversation] = latest
  if (conversation === undefined) return undefined
  const { items } = await client.conversation.messages.query({ conversation_id: conversation.id, limit: 1 })
  return items[0]?.content.trim() === question.trim() ? conversation.id : undefined
}

async function allMessages(client: Client, conversation_id: number): Promise<Message[]> {
  const messages: Message[] = []
  let cursor: string | undefined
  do {
    const page = await client.conversation.messages.query({ conversation_id, limit: limits.pageItems, cursor })
    messages.push(...page.items)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return messages
}

/** The changes made in a conversation; none if the log no longer reaches back to its start. */
async function allChanges(client: Client, conversation_id: number): Promise<Change[]> {
  const changes: Change[] = []
  try {
    for (let since = 0; ;) {
      const page = await client.change.list.query({ since, conversation_id, limit: limits.pageItems })
      changes.push(...page.changes)
      since = page.next
      if (!page.has_more) return changes
    }
  } catch (error) {
    if (isTaskwireError(error) && error.reason === 'changes_expired') return changes
    throw error
  }
}

function mergeChanges(known: readonly Change[], more: readonly Change[]): Change[] {
  const bySeq = new Map([...known, ...more].map((change) => [change.seq, change]))
  return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq)
}
