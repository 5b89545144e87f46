import { expect, test } from 'vitest'
import type { UserContext } from '../core/trpc.ts'
import { historyBefore, storedToolCalls } from './history.ts'
import type { ToolCall } from './schema.ts'

const conversation = { user_id: 'ann', conversation_id: 1, holder: 'h' }
const call = (text: string): ToolCall => ({ tool: 'x', args: {}, result: { text } })

interface Row {
  readonly role: string
  readonly content: string
  readonly tool_calls: unknown
}

/** What an assistant gets of messages that are stored, the newest first. */
async function history(rows: readonly Row[]) {
  const asked: unknown[] = []
  const sql = async ({ values }: { values: readonly unknown[] }) => {
    asked.push(...values)
    return rows
  }
  const ctx = { services: { sql } } as unknown as UserContext
  return { asked, ...(await historyBefore(ctx, conversation, 77)) }
}

const message = (length: number, calls: ToolCall[] = [], role = 'user'): Row => ({
  role,
  content: 'x'.repeat(length),
  tool_calls: calls,
})

test('the messages before one are asked for, forty at most, and come in their order', async () => {
  const read = await history([message(2, [call('a')], 'assistant'), message(1)])
  expect(read.asked).toEqual(['ann', 1, 77, 40])
  expect(read.history).toEqual([
    { role: 'user', content: 'x', tool_calls: [] },
    { role: 'assistant', content: 'xx', tool_calls: [call('a')] },
  ])
  expect(read.historyIsCut).toBe(false)
})

test.each([
  [39, false],
  [40, true],
])('after %d messages there may be older ones: %j', async (count, cut) => {
  const { history: kept, historyIsCut } = await history(Array.from({ length: count }, () => message(1)))
  expect([kept.length, historyIsCut]).toEqual([count, cut])
})

test('24,000 characters are given, and not one more', async () => {
  const all = [message(8000), message(8000), message(8000)]
  expect(await history(all)).toMatchObject({ history: { length: 3 }, historyIsCut: false })
  expect(await history([...all, message(1)])).toMatchObject({ history: { length: 3 }, historyIsCut: true })
})

test('the newest message is given however long it is, then without its calls', async () => {
  const { history: kept } = await history([message(24_001, [call('a')], 'assistant'), message(1)])
  expect(kept).toMatchObject([{ role: 'assistant', tool_calls: [] }])
  expect(kept[0]?.content).toHaveLength(24_001)
})

test('a call counts 4,000 characters at most', async () => {
  const long = call('y'.repeat(50_000))
  const { history: kept } = await history([message(0, [long, long], 'assistant'), message(16_000), message(1)])
  expect(kept).toHaveLength(2)
  expect(kept[1]?.tool_calls).toEqual([long, long])
})

test.each([[null], ['x'], [{ tool: 'x' }], [[{ tool: 7 }]]])('stored calls of %j are none', (stored) => {
  expect(storedToolCalls(stored)).toEqual([])
  expect(storedToolCalls([call('a')])).toEqual([call('a')])
})
