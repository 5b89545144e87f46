import { expect, test } from 'vitest'
import { exchangesIn } from './conversation.ts'
import { toolCalls } from './tool_calls.ts'

test('answers belong to the message before them, and one without a message is left out', () => {
  const call = { tool: 'undo', args: {}, result: {} }
  const of = (role: 'user' | 'assistant', content: string, calls = [call]) => ({
    role,
    content,
    tool_calls: role === 'user' ? [] : calls,
  })
  const history = [of('assistant', 'cut'), of('user', 'a'), of('assistant', 'b'), of('assistant', 'c'), of('user', 'd')]
  expect(exchangesIn(history)).toEqual([
    { message: 'a', calls: [call, call], answer: 'bc' },
    { message: 'd', calls: [], answer: '' },
  ])
})

test('undos are called one after the other, and all others together', () => {
  const rounds = (...tools: string[]) => {
    const steps = toolCalls(tools.map((tool) => ({ tool, args: {} })))
    const found: number[] = []
    let step = steps.next()
    while (!step.done) {
      found.push(step.value.length)
      step = steps.next(step.value.map((use) => ({ ...use, result: {} })))
    }
    return [found, step.value.length]
  }
  expect(rounds('undo', 'undo', 'undo')).toEqual([[1, 1, 1], 3])
  expect(rounds('delete_task', 'delete_task', 'undo')).toEqual([[3], 3])
})
