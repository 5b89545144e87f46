import type { AssistantRequest, AssistantTool, ToolOutcome } from '@taskwire/api'
import { expect, onTestFinished, test, vi } from 'vitest'
import { offlineAssistant, OFFLINE_MODEL } from './assistant.ts'

type Run = (args: unknown) => Promise<ToolOutcome>

function toolNamed(name: string, run: Run): AssistantTool {
  return { name, description: '', parameters: {}, run }
}

function requestWith(request: Partial<AssistantRequest>): AssistantRequest {
  const moment = async () => ({ today: '2026-11-18', now: '12:00', zone: null })
  return {
    history: [],
    historyIsCut: false,
    message: 'hello',
    tools: [],
    signal: new AbortController().signal,
    moment,
    ...request,
  }
}

const created: Run = async (args) => ({
  result: { task_id: 1, status: 'created', title: 'Milk', args },
  invalid: false,
})

test('equal conversations get equal answers', async () => {
  const request = requestWith({ message: 'add milk', tools: [toolNamed('add_task', created)] })
  const assistant = offlineAssistant()
  const first = await assistant.answer(request)
  expect(first).toEqual({ response: 'Added “Milk”.', model: OFFLINE_MODEL })
  expect(await assistant.answer(request)).toEqual(first)
  expect(await offlineAssistant().answer(request)).toEqual(first)
})

test('the deltas of a streamed answer add up to the response', async () => {
  const deltas: string[] = []
  const { response } = await offlineAssistant().answer(requestWith({ onDelta: (text) => deltas.push(text) }))
  expect(deltas.length).toBeGreaterThan(10)
  expect(deltas.join('')).toBe(response)
})

test('tools of one step are called in parallel, in the order of the message', async () => {
  const calls: unknown[] = []
  const both = Promise.withResolvers<void>()
  const run: Run = async (args) => {
    if (calls.push(args) === 2) both.resolve()
    await both.promise
    return created(args)
  }
  await offlineAssistant().answer(
    requestWith({ message: 'Add "milk" and "bread"', tools: [toolNamed('add_task', run)] }),
  )
  expect(calls).toEqual([{ title: 'Milk' }, { title: 'Bread' }])
})

test('a missing tool is reported in the answer and does not throw', async () => {
  const { response } = await offlineAssistant().answer(requestWith({ message: 'add milk' }))
  expect(response).toBe('That did not work.')
})

test('a search that looked at a part of the tasks does not say that no task mentions it', async () => {
  const searched = async (next_cursor: string | null) => {
    const list: Run = async () => ({ result: { tasks: [], next_cursor }, invalid: false })
    return offlineAssistant().answer(
      requestWith({ message: 'Which tasks mention "zq"?', tools: [toolNamed('list_tasks', list)] }),
    )
  }
  expect((await searched(null)).response).toBe('No task mentions “zq”.')
  expect((await searched('cursor')).response).toMatch(/^None of your newest tasks mentions “zq”\..*not looked at all/)
})

test('the answer to several rejected tool calls gives the reason', async () => {
  const result = { code: 'validation_failed', fields: [{ loc: ['title'], msg: 'Too long' }] }
  const rejected: Run = async () => ({ result, invalid: true })
  const { response } = await offlineAssistant().answer(
    requestWith({ message: 'Add tasks: one, two, three and four', tools: [toolNamed('add_task', rejected)] }),
  )
  expect(response).toBe('That is not possible: title: Too long.')
})

/** A request whose only tool call never ends. */
function hangingRequest(signal: AbortSignal) {
  const started = Promise.withResolvers<void>()
  const calls: unknown[] = []
  const run: Run = (args) => {
    calls.push(args)
    started.resolve()
    return new Promise(() => {})
  }
  const tools = [toolNamed('list_tasks', run), toolNamed('delete_task', run)]
  return { request: requestWith({ message: 'delete the milk task', tools, signal }), started: started.promise, calls }
}

test('an abort ends the answer although a tool hangs, and prevents further tool calls', async () => {
  const leaving = new AbortController()
  const { request, started, calls } = hangingRequest(leaving.signal)
  const outcome = expect(offlineAssistant().answer(request)).rejects.toThrow('left')
  await started
  leaving.abort(new Error('left'))
  await outcome
  expect(calls).toHaveLength(1)
})

test('an answer that is aborted before it starts calls no tool', async () => {
  const { request, calls } = hangingRequest(AbortSignal.abort(new Error('left')))
  await expect(offlineAssistant().answer(request)).rejects.toThrow('left')
  expect(calls).toEqual([])
})

test('an abort ends the answer although the settings of the user cannot be read', async () => {
  const leaving = new AbortController()
  const moment = () => {
    leaving.abort(new Error('left'))
    return new Promise<never>(() => {})
  }
  const answer = offlineAssistant().answer(requestWith({ message: 'add milk', moment, signal: leaving.signal }))
  await expect(answer).rejects.toThrow('left')
})

test('an assistant that is closed answers no more, and calls no tool', async () => {
  const assistant = offlineAssistant()
  assistant.close?.()
  const { request, calls } = hangingRequest(new AbortController().signal)
  await expect(assistant.answer(request)).rejects.toMatchObject({ name: 'AbortError' })
  expect(calls).toEqual([])
})

test('close ends a running answer', async () => {
  const assistant = offlineAssistant()
  const { request, started } = hangingRequest(new AbortController().signal)
  const outcome = expect(assistant.answer(request)).rejects.toMatchObject({ name: 'AbortError' })
  await started
  assistant.close?.()
  await outcome
})

test('an answer that takes too long ends with a TimeoutError', async () => {
  const { request } = hangingRequest(new AbortController().signal)
  await expect(offlineAssistant({ timeoutMs: 20 }).answer(request)).rejects.toMatchObject({ name: 'TimeoutError' })
})

test('an answer of many steps leaves no listener for its abort', async () => {
  onTestFinished(() => void vi.restoreAllMocks())
  const added = vi.spyOn(AbortSignal.prototype, 'addEventListener')
  const removed = vi.spyOn(AbortSignal.prototype, 'removeEventListener')
  const request = requestWith({ message: 'Add "milk" and "bread"', tools: [toolNamed('add_task', created)] })
  await offlineAssistant().answer(request)
  const left = added.mock.calls.filter(([, one]) => !removed.mock.calls.some(([, listener]) => listener === one))
  expect(added).toHaveBeenCalled()
  expect(left).toEqual([])
})

test('an answer whose tool fails is rejected with its error, and leaves no listener', async () => {
  onTestFinished(() => void vi.restoreAllMocks())
  const added = vi.spyOn(AbortSignal.prototype, 'addEventListener')
  const removed = vi.spyOn(AbortSignal.prototype, 'removeEventListener')
  const failing: Run = () => Promise.reject(new Error('gone'))
  const request = requestWith({ message: 'add milk', tools: [toolNamed('add_task', failing)] })
  await expect(offlineAssistant().answer(request)).rejects.toThrow('gone')
  const left = added.mock.calls.filter(([, one]) => !removed.mock.calls.some(([, listener]) => listener === one))
  expect(added).toHaveBeenCalled()
  expect(left).toEqual([])
})

test('tags are written only where the task is as it was when they were read', async () => {
  const task = { id: 7, title: 'Milk', completed: false, tags: ['home'], version: 3 }
  const list: Run = async () => ({ result: { tasks: [task], next_cursor: null }, invalid: false })
  const writes: unknown[] = []
  const update: Run = async (args) => {
    writes.push(args)
    return { result: { task_id: 7, status: 'updated', title: 'Milk' }, invalid: false }
  }
  const tools = [toolNamed('list_tasks', list), toolNamed('update_task', update)]
  await offlineAssistant().answer(requestWith({ message: 'tag milk as shop', tools }))
  expect(writes).toEqual([{ task_id: 7, tags: ['home', 'shop'], if_version: 3 }])
})

test.each([
  [50, 50],
  [51, 0],
])('of %d tasks to add with one message %d are added', async (named, added) => {
  let calls = 0
  const run: Run = async (args) => {
    calls++
    return created(args)
  }
  const message = `add ${Array.from({ length: named }, (_, n) => `"task ${n}"`).join(', ')}`
  await offlineAssistant().answer(requestWith({ message, tools: [toolNamed('add_task', run)] }))
  expect(calls).toBe(added)
})
