import { createTaskwireClient } from '@taskwire/client'
import { expect, test } from 'vitest'
import { sendWrite } from './send_write.ts'

test('a move that falls back to its other neighbour has another key for that, so that its repeat is not refused', async () => {
  const sent: unknown[] = []
  const client = createTaskwireClient({
    url: 'http://127.0.0.1:1',
    token: 'test',
    retry: { maxRetries: 0 },
    fetch(_url, init) {
      sent.push(JSON.parse(typeof init?.body === 'string' ? init.body : 'null'))
      const data = { code: 'NOT_FOUND', httpStatus: 404, reason: 'task_not_found' }
      return Promise.resolve(
        Response.json([{ error: { message: 'Task not found', code: -32004, data } }], { status: 404 }),
      )
    },
  })
  const intent = { kind: 'move', place: { after: 7 }, otherwise: { before: 9 }, position: 'm' } as const
  const write = { key: 'k', at: 1, user_id: 'ada', task_id: 5, intent, base: null, tab: 'a' }
  await expect(sendWrite(client, write, new AbortController().signal)).rejects.toMatchObject({
    reason: 'task_not_found',
  })
  expect(sent).toEqual([
    { 0: { task_id: 5, idempotency_key: 'k', after: 7 } },
    { 0: { task_id: 5, idempotency_key: 'k+', before: 9 } },
  ])
})
