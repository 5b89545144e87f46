import { TaskwireError } from '@taskwire/client'
import { beforeEach, expect, test } from 'vitest'
import { changeOf, openPage, taskWith } from '@taskwire/offline/testing'
import { renderHook } from '@taskwire/offline/testing/hook'
import { createElement } from 'react'
import type { Change } from '../client.ts'
import { WorkspaceContext, type Workspace } from '../workspace.ts'
import { useConversation } from './use_conversation.ts'

beforeEach(() => void openPage())

const made = (seq: number, conversation_id: number | null, undoes: number | null = null): Change => ({
  ...changeOf(seq, null, taskWith()),
  conversation_id,
  undoes,
})

interface Stored {
  readonly id: number
  readonly content: string
}

/** A chat whose server has these conversations, and answers a message when `answer` is resolved. */
function chat(given: number | undefined, conversations: Readonly<Record<number, readonly Stored[]>> = {}) {
  const asked: unknown[] = []
  const signals: AbortSignal[] = []
  const started: number[] = []
  const listeners = new Set<(change: Change) => void>()
  let answer = Promise.withResolvers<object[]>()
  const page = <Item>(items: readonly Item[], cursor: string | undefined) => {
    const at = Number(cursor ?? 0)
    return { items: items.slice(at, at + 2), next_cursor: at + 2 < items.length ? String(at + 2) : null }
  }
  const client = {
    chat: {
      stream: {
        async mutate(request: object, { signal }: { signal: AbortSignal }) {
          asked.push(request)
          signals.push(signal)
          const events = answer.promise
          const left = new Promise<never>((_, reject) =>
            signal.addEventListener('abort', () => reject(new TaskwireError('aborted'))),
          )
          left.catch(() => {})
          return (async function* () {
            yield { type: 'delta', text: 'You ' }
            yield* await Promise.race([events, left])
          })()
        },
      },
    },
    conversation: {
      list: { query: async () => ({ items: [{ id: 5 }] }) },
      messages: {
        async query({ conversation_id, cursor }: { conversation_id: number; cursor?: string }) {
          const known = conversations[conversation_id]
          if (known === undefined) throw new TaskwireError('conversation_not_found')
          return page(known, cursor)
        },
      },
    },
    change: {
      list: {
        query: async ({ since, conversation_id }: { since: number; conversation_id: number }) => ({
          changes: [made(since + 1, conversation_id)],
          next: since + 1,
          has_more: since < 2,
        }),
      },
    },
  }
  const onChange = (listener: (change: Change) => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  const workspace = { client, replica: { onChange } } as unknown as Workspace
  const hook = renderHook(
    (id: number | undefined) => useConversation(id, (begun) => started.push(begun)),
    given,
    (child) => createElement(WorkspaceContext, { value: workspace }, child),
  )
  const reply = (...events: object[]) =>
    hook.act(() => {
      answer.resolve(events)
      answer = Promise.withResolvers()
    })
  return { ...hook, asked, signals, started, listeners, reply, settle: () => hook.act(() => Promise.resolve()) }
}

const failing = {
  get type(): string {
    throw new TaskwireError('model_unavailable')
  },
}
const done = { type: 'done', response: 'You said hello', tool_calls: [], conversation_id: 5 }
const three = [1, 2, 3].map((id) => ({ id, content: `message ${id}` }))

test('a stored conversation is read to its end, with all the changes that were made in it', async () => {
  const { current, settle, unmount } = chat(5, { 5: three })
  expect(current().isLoading).toBe(true)
  await settle()
  expect(current().messages).toEqual(three)
  expect(current().changes.map(({ seq }) => seq)).toEqual([1, 2, 3])
  expect(current().isLoading).toBe(false)
  unmount()
})

test('a conversation that cannot be read is a problem, and loads no more', async () => {
  const { current, settle, unmount } = chat(7)
  await settle()
  expect(current().problem).toBeDefined()
  expect(current().isLoading).toBe(false)
  unmount()
})

test('an answer shows as it arrives, and then as it is stored, and its conversation is opened', async () => {
  const { current, act, asked, reply, started, unmount } = chat(undefined, { 5: three })
  await act(() => current().send('hello'))
  expect(asked).toEqual([{ message: 'hello', conversation_id: undefined }])
  expect(current().running).toMatchObject({ question: 'hello', text: 'You ' })
  await reply(done)
  expect(current()).toMatchObject({ id: 5, messages: three, running: undefined, problem: undefined })
  expect(started).toEqual([5])
  unmount()
})

test('an answer that fails is a problem, and the next question begins without it', async () => {
  const { current, act, unmount, reply } = chat(5, { 5: three })
  await act(() => current().send('hello'))
  await reply(failing)
  expect(current().problem).toBeDefined()
  expect(current().running).toBeUndefined()
  await act(() => current().send('again'))
  expect(current().problem).toBeUndefined()
  unmount()
})

test('an answer that is stopped is no problem, and its conversation is found by its question', async () => {
  const { current, act, signals, settle, started, unmount } = chat(undefined, { 5: [{ id: 1, content: ' hello ' }] })
  await act(() => current().send('hello'))
  await act(() => current().stop())
  await settle()
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  expect(current()).toMatchObject({ id: 5, problem: undefined, running: undefined })
  expect(started).toEqual([5])
  unmount()
})

test('a conversation of another question is not that of the one that was stopped', async () => {
  const { current, act, settle, started, unmount } = chat(undefined, { 5: [{ id: 1, content: 'another' }] })
  await act(() => current().send('hello'))
  await act(() => current().stop())
  await settle()
  expect([current().id, current().running, started]).toEqual([undefined, undefined, []])
  unmount()
})

test('opening another conversation ends the answer, of which nothing shows there', async () => {
  const { current, act, render, reply, settle, signals, started, unmount } = chat(5, { 5: three, 6: [] })
  await settle()
  await act(() => current().send('hello'))
  render(6)
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  await reply(done)
  await settle()
  expect(current()).toMatchObject({ id: 6, messages: [], running: undefined, problem: undefined })
  expect(started).toEqual([])
  unmount()
})

test('changes that arrive are shown if they were made in the conversation or undo another, each once', async () => {
  const { current, act, listeners, settle, unmount } = chat(5, { 5: three })
  await settle()
  const tell = (change: Change) => act(() => listeners.forEach((listener) => listener(change)))
  for (const change of [made(9, 5), made(8, null, 3), made(9, 5), made(10, 6), made(11, null)]) await tell(change)
  expect(current().changes.map(({ seq }) => seq)).toEqual([1, 2, 3, 8, 9])
  unmount()
})

test('a chat that is left ends its answer, and listens to nothing', async () => {
  const { current, act, signals, listeners, unmount } = chat(5, { 5: three })
  await act(() => current().send('hello'))
  unmount()
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  expect(listeners.size).toBe(0)
})
