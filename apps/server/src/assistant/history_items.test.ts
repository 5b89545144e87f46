import { expect, test } from 'vitest'
import { historyItems } from './history_items.ts'

const call = (result: Record<string, unknown>) => ({ tool: 'list_tasks', args: { due: 'today' }, result })
const answer = (...results: Record<string, unknown>[]) => {
  return { role: 'assistant', content: 'Here.', tool_calls: results.map(call) } as const
}
const question = { role: 'user', content: 'Show', tool_calls: [] } as const

test('a conversation is its messages in order, and the new message last', () => {
  expect(historyItems([question, answer()], 'And now?')).toEqual([
    { type: 'message', role: 'user', content: 'Show' },
    { type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'Here.' }] },
    { type: 'message', role: 'user', content: 'And now?' },
  ])
})

test('before an answer are its calls, then their results, each with the id of its call', () => {
  const items = historyItems([question, answer({ a: 1 }, { b: 2 }), question, answer({ c: 3 })], 'x')
  const of = (type: string) => items.filter((item) => item.type === type)
  expect(items.slice(1, 6).map(({ type }) => type)).toEqual([
    'function_call',
    'function_call',
    'function_call_result',
    'function_call_result',
    'message',
  ])
  const ids = of('function_call').map((item) => Reflect.get(item, 'callId'))
  expect(new Set(ids).size).toBe(3)
  expect(of('function_call_result')).toMatchObject(
    [{ a: 1 }, { b: 2 }, { c: 3 }].map((result, index) => {
      return { callId: ids[index], name: 'list_tasks', output: `<task_data>${JSON.stringify(result)}</task_data>` }
    }),
  )
  expect(of('function_call')[0]).toMatchObject({ name: 'list_tasks', arguments: '{"due":"today"}' })
})

test('a result of more than 4,000 characters is omitted, and a shorter one is whole', () => {
  const frame = '<task_data>{"text":""}</task_data>'.length
  const outputOf = (length: number) => {
    const items = historyItems([answer({ text: 'x'.repeat(length - frame) })], 'x')
    return String(items.map((item) => Reflect.get(item, 'output')).find((output) => output !== undefined))
  }
  expect(outputOf(4000)).toHaveLength(4000)
  expect(outputOf(4001)).toBe('<task_data>{"omitted":"a long result"}</task_data>')
})
