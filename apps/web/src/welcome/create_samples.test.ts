import { expect, test } from 'vitest'
import { openPage } from '@taskwire/offline/testing'
import type { Client } from '../client.ts'
import { createSamples } from './create_samples.ts'
import { storedWelcome, storeWelcome } from './welcome_mark.ts'

/** A server that creates the samples, and remembers what it was sent. Its first answers are lost. */
function serverLosing(answers: number): { readonly client: Client; readonly received: unknown[] } {
  const received: unknown[] = []
  const mutate = (input: { readonly operations: readonly object[] }) =>
    received.push(input) <= answers
      ? Promise.reject(new TypeError('Failed to fetch'))
      : Promise.resolve({ results: input.operations.map((_operation, index) => ({ task: { id: index + 1 } })) })
  return { client: { task: { batch: { mutate } } } as unknown as Client, received }
}

test('samples whose answer was lost are asked for the next day as they were, so that their key fits', async () => {
  openPage()
  storeWelcome({ user_id: 'ada', ids: null })
  const { client, received } = serverLosing(1)
  await expect(createSamples(client, 'ada', '2026-11-21')).rejects.toThrow('Failed to fetch')
  expect(storedWelcome('ada')?.ids).toBeNull()
  expect(await createSamples(client, 'ada', '2026-11-22')).toEqual([1, 2, 3, 4])
  expect(received).toHaveLength(2)
  expect(received[1]).toEqual(received[0])
  expect(storedWelcome('ada')).toEqual({ user_id: 'ada', ids: [1, 2, 3, 4] })
})
