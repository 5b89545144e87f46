import { afterAll, expect, test } from 'vitest'
import { tryRandomHistories } from '../../testing/random_histories.ts'
import { testServices } from '../../testing/services.ts'

const api = await testServices()
afterAll(api.close)

test('histories of recurring tasks replay to the list, keep one open task a series, and can be undone', async () => {
  await tryRandomHistories(api, 15, 20_261_121)
  expect(api.logged).toEqual([])
})
