import { isTaskwireError } from '@taskwire/client'
import { useCallback, useEffect, useRef, useState } from 'react'
import type { Change, Client } from '../client.ts'
import { useWorkspace } from '../workspace.ts'
import { streamAnswer, type StreamingAnswer } from './stream_answer.ts'

export type Message = Awaited<ReturnType<Client['conversation']['messages']['query']>>['items'][number]

export interface Conversation {
  readonly id: number | undefined
  readonly messages: readonly Message[]
  /** What the assistant changed in this conversation. */
  readonly changes: readonly Change[]
  /** The answer that is coming into being. */
  readonly running: StreamingAnswer | undefined
  readonly problem: string | undefined
  readonly isLoading: boolean
  readonly send: (message: string) => void
  readonly stop: () => void
}

/** A conversation with the assistant: begun here, or one from before. */
export function useConversation(given: number | undefined, onBegun: (id: number) => void): Conversation {
  const { client, replica } = useWorkspace()
  const [id, setId] = useState<number>()
  const [messages, setMessages] = useState<readonly Message[]>([])
  const [changes, setChanges] = useState<readonly Change[]>([])
  const [running, setRunning] = useState<StreamingAnswer>()
  const [problem, setProblem] = useState<string>()
  const [isLoading, setIsLoading] = useState(false)
  const stopping = useRef(new AbortController())

  const leave = useCallback(() => {
    stopping.current.abort()
    stopping.current = new AbortController()
  }, [])

  const load = useCallback(
    async (conversation_id: number) => {
      const [found, made] = await Promise.all([
        allMessages(client, conversation_id),
        allChanges(client, conversation_id),
      ])
      setMessages(found)
      setChanges((known) => merged(known, made))
    },
    [client],
  )

  useEffect(() => {
    if (given === id && given !== undefined) return
    leave()
    setId(given)
    setMessages([])
    setChanges([])
    setRunning(undefined)
    setProblem(undefined)
    if (given === undefined) return
    setIsLoading(true)
    load(given)
      .catch((error: unknown) => setProblem(inWords(error)))
      .finally(() => setIsLoading(false))
    // `id` follows what is given, and goes ahead of it when a conversation begins.
  }, [given, leave, load])

  useEffect(
    () => replica.onChange((change) => setChanges((known) => (isOurs(change) ? merged(known, [change]) : known))),
    [replica],
  )
  useEffect(() => leave, [leave])

  async function ask(message: string): Promise<void> {
    const stop = new AbortController()
    stopping.current = stop
    const { signal } = stop
    setProblem(undefined)
    setRunning({ question: message, text: '', calls: [] })
    let begun = id
    try {
      begun = await streamAnswer(client, { message, conversation_id: id }, { signal, onProgress: setRunning })
    } catch (error) {
      if (isTaskwireError(error)) begun = error.data?.conversation_id ?? begun
      if (signal.aborted) begun ??= await begunBy(client, message).catch(() => undefined)
      else setProblem(inWords(error))
    }
    // Another conversation is shown by now, or none.
    if (stopping.current !== stop) return
    if (begun !== undefined) {
      setId(begun)
      await load(begun).catch(() => {})
      if (stopping.current !== stop) return
      if (begun !== given) onBegun(begun)
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

/** Whether a change may concern a conversation: made in one, or taking something back. */
function isOurs({ conversation_id, undoes }: Change): boolean {
  return conversation_id !== null || undoes !== null
}

function inWords(error: unknown): string {
  return isTaskwireError(error) ? `${error.message}.` : 'Something unforeseen happened.'
}

/** The conversation that a question began whose answer was stopped before it said which one it is. */
async function begunBy(client: Client, question: string): Promise<number | undefined> {
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
    const page = await client.conversation.messages.query({ conversation_id, limit: 200, cursor })
    messages.push(...page.items)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined)
  return messages
}

/** The changes made on behalf of a conversation; none once the log no longer reaches back to its beginning. */
async function allChanges(client: Client, conversation_id: number): Promise<Change[]> {
  const found: Change[] = []
  try {
    for (let since = 0; ;) {
      const page = await client.change.list.query({ since, conversation_id, limit: 200 })
      found.push(...page.changes)
      since = page.next
      if (!page.has_more) return found
    }
  } catch (error) {
    if (isTaskwireError(error) && error.reason === 'changes_expired') return found
    throw error
  }
}

function merged(known: readonly Change[], more: readonly Change[]): Change[] {
  const bySeq = new Map([...known, ...more].map((change) => [change.seq, change]))
  return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq)
}
